/** An image to look at: wheel or + and − zoom, dragging or arrows pan, double click or Home shows all of it. */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { MediaValue } from "../api/types";
import { ErrorNote, Skeleton } from "../ui";
import { percent } from "../ui/format";
import { resolveColor } from "../ui/labelColor";
import { useTheme } from "../ui/useTheme";
import css from "./media.module.css";
import { ImagePane } from "./image-pane";
import { LARGE, useImage } from "./useImage";

export function ImageView({ value, name }: { value: MediaValue; name: string }) {
  const host = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState<ImagePane | null>(null);
  const [scale, setScale] = useState<number | null>(null);
  const loaded = useImage(value);
  const mips = loaded.kind === "ready" ? loaded.mips : null;
  useEffect(() => {
    if (!host.current) return;
    const made = new ImagePane(host.current, setScale);
    setPane(made);
    return () => {
      setPane(null);
      made.destroy();
    };
  }, []);
  const theme = useTheme();
  useEffect(() => pane?.show(mips, resolveColor("var(--canvas)")), [pane, mips, theme]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!pane || event.ctrlKey || event.metaKey || event.altKey || !pane.key(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <figure className={css.image}>
      <div ref={host} className={css.pane} tabIndex={0} role="img" aria-label={`${name}${value.name ? `: ${value.name}` : ""}. Plus and minus zoom, arrows move, Home shows all.`} onKeyDown={onKeyDown} />
      {loaded.kind === "ready" ? <figcaption className={css.caption}>{mips!.size.w} × {mips!.size.h}{scale ? ` · ${percent(scale)}` : ""}</figcaption> : (
        <div className={css.over}>{loaded.kind === "failed" ? <ErrorNote error={loaded.message} onRetry={loaded.retry} /> : <><Skeleton width={200} />{loaded.kind === "loading" && loaded.large ? <p>{LARGE}</p> : null}</>}</div>
      )}
    </figure>
  );
}
