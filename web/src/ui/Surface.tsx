/** Panels, empty states, notes and placeholders: what every page is made of. */
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { CSSProperties, ReactNode } from "react";
import { errorText } from "../api/client";
import { Button } from "./Button";
import css from "./ui.module.css";

export interface PanelProps {
  title?: ReactNode;
  /** Controls at the right end of the head. */
  tools?: ReactNode;
  children: ReactNode;
  /** Without inner padding, for tables and lists. */
  flush?: boolean;
  id?: string;
}

export function Panel({ title, tools, children, flush, id }: PanelProps) {
  return (
    <section className={css.panel} id={id}>
      {title !== undefined || tools !== undefined ? (
        <header className={css.panelHead}>
          <h2>{title}</h2>
          {tools}
        </header>
      ) : null}
      <div className={flush ? undefined : css.panelBody}>{children}</div>
    </section>
  );
}

/** Nothing here yet: says what would be here, and offers the one thing to do. */
export function Empty({ title, text, action }: { title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className={css.empty}>
      <h2>{title}</h2>
      {text ? <p>{text}</p> : null}
      {action}
    </div>
  );
}

export type Tone = "neutral" | "danger" | "warn" | "ok";

export function Note({ tone = "neutral", children, role }: { tone?: Tone; children: ReactNode; role?: string }) {
  const Icon = tone === "danger" || tone === "warn" ? IconAlertTriangle : IconInfoCircle;
  return (
    <div className={css.note} data-tone={tone} role={role}>
      <Icon size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** What went wrong, where it went wrong, and a way to try again. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (error === null || error === undefined) return null;
  return (
    <div className={css.note} data-tone="danger" role="alert">
      <IconAlertTriangle size={16} aria-hidden />
      <div>{errorText(error)}</div>
      {onRetry ? (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** A grey place holder of the size of what will come. */
export function Skeleton({ width = "100%", height = 14, style }: { width?: number | string; height?: number | string; style?: CSSProperties }) {
  return <span className={css.skeleton} style={{ width, height, ...style }} aria-hidden />;
}
