/** Buttons: one look in four kinds, an optional key cap, and a square one for icons. */
import type { ButtonHTMLAttributes, ReactNode } from "react";
import css from "./ui.module.css";

export type ButtonKind = "primary" | "plain" | "quiet" | "danger";
export type ButtonSize = "small" | "normal" | "large";

/** A key cap. `keys` is what is printed, for example "A" or "Ctrl+Enter". */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={css.kbd}>{children}</kbd>;
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  size?: ButtonSize;
  wide?: boolean;
  icon?: ReactNode;
  /** Printed as a key cap after the text. */
  keys?: string;
  busy?: boolean;
}

export function Button({ kind = "plain", size = "normal", wide, icon, keys, busy, children, ...rest }: ButtonProps) {
  const disabled = rest.disabled === true || busy === true;
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled}
      aria-busy={busy || undefined}
      className={`${css.button} ${rest.className ?? ""}`}
      data-kind={kind}
      data-size={size}
      data-wide={wide || undefined}
    >
      {icon}
      {children}
      {keys ? <Kbd>{keys}</Kbd> : null}
    </button>
  );
}

/** The class and data attributes that make a link look like a button. */
export function buttonLook(kind: ButtonKind = "plain", size: ButtonSize = "normal") {
  return { className: css.button, "data-kind": kind, "data-size": size } as const;
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Said by screen readers and shown on hover. */
  label: string;
  size?: "small" | "normal";
}

export function IconButton({ label, size = "normal", children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={`${css.iconButton} ${rest.className ?? ""}`}
      data-size={size}
    >
      {children}
    </button>
  );
}
