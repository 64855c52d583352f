/** What a person does to the things on an image, as changes of the answer. Each is one step of undo. */
import { combined, trimmed, type Bitmask } from "../../lib/bitmask";
import type { Size } from "../../lib/geometry";
import { boxShape, dragged, movedShape, type FigurePoint, type Shape } from "../../lib/shape";
import { newId } from "../regions/parts";
import type { WidgetProps } from "../types";
import { settled } from "./related";
import { withoutPixels } from "./underneath";
import { changed, keyOf, toMark, withoutMark, type DrawnMark, type Kind, type Mark } from "./marks";

export interface Changing {
  size: Size;
  /** For new things. */
  label: string;
  /** The selected thing, if it is the person's own. */
  own: DrawnMark | null;
  /** What new things say of where they are: the field, the page. */
  where: Partial<Mark>;
  /** What gives up its pixels to what is painted; null where nothing does. */
  under: readonly DrawnMark[] | null;
  select(key: string | null): void;
}

export function useChanges<M extends Mark>(kind: Kind<M>, props: WidgetProps<M[]>, { size, label, own, where, under, select }: Changing) {
  const { question, readOnly, onChange } = props;
  const all = props.value ?? [];
  const put = (value: M[], name: string, merge?: string) => onChange(value.length > 0 ? settled(kind, question, all, value) : undefined, merge ? { label: name, merge } : { label: name });
  const set = (key: string, change: Partial<M>, name: string, merge?: string) => {
    if (!readOnly) put(changed(kind, all, key, change), name, merge);
  };
  const edit = (key: string, shape: Shape, merge?: string) => {
    const geometry = kind.geometry(shape, size, question);
    if (geometry) set(key, geometry, `change a ${kind.noun}`, merge);
    else if (!readOnly) put(withoutMark(kind, all, key), `remove a ${kind.noun}`);
  };
  /** The pixels of a thing just painted are taken from those underneath. What a suggestion left there does not come back. */
  const paint = (value: M[], pixels: Bitmask, key: string, name: string) => {
    const left = under ? withoutPixels(kind, value, under.filter((one) => one.key !== key), pixels, size, question) : { value, gone: [] };
    const once = left.gone.some((one) => one.includes(":")) ? `paint.${newId()}` : undefined;
    put(left.value, name, once);
    if (once) props.onReject(left.gone.filter((one) => one.includes(":")), { merge: once });
  };
  const add = (shape: Shape, as = label) => {
    if (readOnly || !size.w) return;
    const mark = toMark(kind, shape, as, size, question, where);
    if (!mark) return;
    if (shape.kind === "mask") paint([...all, mark], shape.mask, keyOf(kind, mark), `draw ${as}`);
    else put([...all, mark], `draw ${as}`);
    select(keyOf(kind, mark));
  };
  const shapeOfOwn = (): Shape | null => (own ? (own.shape ?? boxShape(own)) : null);
  return {
    put, set, edit,
    draw(shape: Shape, cuts: boolean) {
      const target = shapeOfOwn();
      if (cuts && own && target?.kind === "outline" && shape.kind === "outline") edit(own.key, { ...target, holes: [...target.holes, shape.points] });
      else if (!cuts) add(shape);
    },
    /** A stroke changes the selected mask, or begins a new one. */
    stroke(pixels: Bitmask, how: "add" | "take") {
      const target = shapeOfOwn();
      const mask = target?.kind === "mask" ? combined(target.mask, pixels, how) : how === "add" ? trimmed(pixels) : null;
      const geometry = mask && how === "add" && own && target?.kind === "mask" && !readOnly ? kind.geometry({ kind: "mask", mask }, size, question) : null;
      if (own && geometry) return paint(changed(kind, all, own.key, geometry), pixels, own.key, `change a ${kind.noun}`);
      if (own && target?.kind === "mask") return mask ? edit(own.key, { kind: "mask", mask }) : put(withoutMark(kind, all, own.key), `remove a ${kind.noun}`);
      if (mask) add({ kind: "mask", mask });
    },
    accept(part: M, as?: string) {
      put([...all, as === undefined ? part : { ...part, label: as }], as === undefined ? "accept" : "correct a suggestion");
    },
    remove(key: string) {
      put(withoutMark(kind, all, key), `remove ${own?.label ?? ""}`);
    },
    copy() {
      const mark = all.find((one) => keyOf(kind, one) === own?.key);
      const shape = shapeOfOwn();
      if (!mark || !shape || !own || readOnly) return;
      const away = Math.max(4, Math.round(Math.min(own.w, own.h) / 8));
      const there = movedShape(shape, away, away, size);
      const blocked = JSON.stringify(kind.geometry(there, size, question)) === JSON.stringify(kind.geometry(shape, size, question));
      const twin = { ...mark, ...kind.geometry(blocked ? movedShape(shape, -away, -away, size) : there, size, question), id: newId() } as M;
      put([...all, twin], "duplicate");
      select(keyOf(kind, twin));
    },
    nudge(key: string, shape: Shape, dx: number, dy: number, grow: boolean, picked: { ring: number; at: number } | null) {
      const next = nudged(shape, dx, dy, grow, picked, size);
      if (next) edit(key, next, `nudge.${key}`);
    },
    toggleSeen(key: string, shape: Shape, at: number) {
      if (shape.kind !== "figure") return;
      const points = shape.points.map((p, i): FigurePoint => (i === at ? { ...p, v: p.v === 2 ? 1 : 2 } : p));
      edit(key, { ...shape, points });
    },
    /** Both get the group of the other, or a new one. */
    join(other: string | null) {
      const [a, b] = [own?.key, other].map((key) => all.find((one) => keyOf(kind, one) === key));
      if (!a || !b || a === b || readOnly) return;
      const number = a.group ?? b.group ?? Math.max(0, ...all.map((one) => one.group ?? 0)) + 1;
      const given = changed(kind, all, keyOf(kind, a), { group: number } as Partial<M>);
      put(changed(kind, given, keyOf(kind, b), { group: number } as Partial<M>), "group");
    },
  };
}

export type Changes<M extends Mark> = ReturnType<typeof useChanges<M>>;

function nudged(shape: Shape, dx: number, dy: number, grow: boolean, picked: { ring: number; at: number } | null, size: Size): Shape | null {
  if (picked && (shape.kind === "outline" || shape.kind === "line" || shape.kind === "figure")) {
    const ring = picked.ring === 0 || shape.kind !== "outline" ? shape.points : shape.holes[picked.ring - 1];
    const from = ring?.[picked.at];
    return from ? dragged(shape, { kind: "point", place: from, cursor: "", ...picked }, { x: from.x + dx, y: from.y + dy }, size, false) : null;
  }
  if (!grow) return movedShape(shape, dx, dy, size);
  if (shape.kind !== "box") return null;
  if (!shape.angle) return dragged(shape, { kind: "handle", handle: "se", place: shape, cursor: "" }, { x: shape.x + shape.w + dx, y: shape.y + shape.h + dy }, size, false);
  const [w, h] = [Math.max(1, shape.w + dx), Math.max(1, shape.h + dy)];
  return { ...shape, w, h };
}
