/** The things as a list: what a canvas is to the eye, this is to the keyboard and the screen reader. Virtualised. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { IconEye, IconEyeOff, IconLock, IconLockOpen } from "@tabler/icons-react";
import { useEffect, useId, useRef, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import type { Size } from "../../lib/geometry";
import { count } from "../../ui/format";
import css from "./image.module.css";
import { LabelCounts } from "./LabelCounts";
import type { DrawnMark, Kind, Mark } from "./marks";
import type { Viewing } from "./useViewing";

export interface ObjectListProps<M extends Mark> {
  kind: Kind<M>;
  drawn: readonly DrawnMark[];
  /** The key of what is selected, or several. */
  selected: string | ReadonlySet<string> | null;
  image: Size;
  readOnly: boolean;
  viewing: Viewing;
  /** false: only the details of the selected thing. */
  whole: boolean;
  titleOf(label: string): string;
  onSelect(key: string): void;
  onGather(keys: readonly string[], how: "only" | "add" | "toggle"): void;
  onAdd(): void;
  children: ReactNode;
}

const ROW = 28;

export function ObjectList<M extends Mark>({ kind, drawn, selected, image, readOnly, viewing, whole, titleOf, onSelect, onGather, onAdd, children }: ObjectListProps<M>) {
  const title = `${kind.nouns[0]!.toUpperCase()}${kind.nouns.slice(1)}`;
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const last = useRef(-1);
  const at = typeof selected === "string" ? drawn.findIndex((one) => one.key === selected) : -1;
  const isOn = (key: string) => (typeof selected === "string" ? key === selected : selected?.has(key) ?? false);
  const virtual = useVirtualizer({ count: drawn.length, getScrollElement: () => list.current, estimateSize: () => ROW, overscan: 6 });
  useEffect(() => {
    if (at >= 0) last.current = at;
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);
  const onKeyDown = (event: KeyboardEvent) => {
    const from = at < 0 && typeof selected !== "string" && selected ? last.current : at;
    const target = nextRow(event.key, from, drawn.length);
    if (target === null || event.altKey || event.ctrlKey || event.metaKey || (event.shiftKey && readOnly) || !drawn[target]) return;
    event.preventDefault();
    event.stopPropagation();
    last.current = target;
    virtual.scrollToIndex(target, { align: "auto" });
    if (event.shiftKey) onGather([drawn[target].key], "add");
    else onSelect(drawn[target].key);
  };
  /** With Control or Command one more, with Shift all up to the last. */
  const onClick = (event: MouseEvent, index: number) => {
    const one = drawn[index]!;
    const from = last.current;
    last.current = index;
    if (readOnly || !(event.shiftKey || event.ctrlKey || event.metaKey)) return onSelect(one.key);
    if (!event.shiftKey || from < 0) return onGather([one.key], "toggle");
    const between = drawn.slice(Math.min(from, index), Math.max(from, index) + 1).map(({ key }) => key);
    onGather(from > index ? between.reverse() : between, "add");
  };
  return (
    <aside className={css.list} aria-label={title}>
      {whole ? <header className={css.listHead}>
        <strong>{count(drawn.length)} {drawn.length === 1 ? kind.noun : kind.nouns}</strong>
        {viewing.hiddenCount > 0 ? <button type="button" className={css.add} aria-label={`Show ${count(viewing.hiddenCount)} hidden`} title="Show what is hidden" onClick={viewing.showAll}>Show {count(viewing.hiddenCount)}</button> : null}
        {readOnly ? null : <button type="button" className={css.add} onClick={onAdd} disabled={!image.w}>New {kind.noun}</button>}
      </header> : null}
      {whole && drawn.length > 0 ? <LabelCounts drawn={drawn} titleOf={titleOf} viewing={viewing} readOnly={readOnly} onSelect={(keys) => onGather(keys, "only")} /> : null}
      {!whole ? null : drawn.length > 0 ? (
        <div ref={list} className={css.rows} role="listbox" aria-multiselectable={!readOnly} tabIndex={0} aria-label={title} aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined} onKeyDown={onKeyDown}>
          <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="presentation">
            {virtual.getVirtualItems().map(({ index, start }) => {
              const one = drawn[index]!;
              return (
                <div
                  key={one.key} id={`${id}-${index}`} role="option" aria-selected={isOn(one.key)} aria-setsize={drawn.length} aria-posinset={index + 1}
                  className={css.item} data-hidden={viewing.isHidden(one.key) || undefined} style={{ "--label": one.color, transform: `translateY(${start}px)` } as CSSProperties} onClick={(event) => onClick(event, index)}
                >
                  <i aria-hidden data-dashed={one.dashed || undefined} />
                  <span>{one.title}{one.group ? <span className={css.group}> ·{one.group}</span> : null}{one.suggested ? <span className="visually-hidden"> suggested</span> : null}</span>
                  {one.suggested ? null : <Marked one={one} viewing={viewing} />}
                  <small>{Math.round(one.w)}×{Math.round(one.h)}</small>
                </div>
              );
            })}
          </div>
        </div>
      ) : <p className={css.none}>Draw on the image, or add a {kind.noun} here and set its place in numbers.</p>}
      {children}
    </aside>
  );
}

/** Hide and lock, for the mouse; the keys act on the selected thing. */
function Marked({ one, viewing }: { one: DrawnMark; viewing: Viewing }) {
  const [hidden, locked] = [viewing.isHidden(one.key), viewing.isLocked(one.key)];
  return (
    <span className={css.marked}>
      <button type="button" tabIndex={-1} data-on={hidden || undefined} aria-label={hidden ? "Show" : "Hide"} onClick={(event) => { event.stopPropagation(); viewing.hide(one.key); }}>{hidden ? <IconEyeOff size={13} /> : <IconEye size={13} />}</button>
      <button type="button" tabIndex={-1} data-on={locked || undefined} aria-label={locked ? "Unlock" : "Lock"} onClick={(event) => { event.stopPropagation(); viewing.lock(one.key); }}>{locked ? <IconLock size={13} /> : <IconLockOpen size={13} />}</button>
    </span>
  );
}

function nextRow(key: string, at: number, total: number): number | null {
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at < 0 ? total - 1 : at - 1, Home: 0, End: total - 1, PageDown: Math.min(at + 10, total - 1), PageUp: Math.max(at - 10, 0) };
  return moves[key] ?? null;
}
