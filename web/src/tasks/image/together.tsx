/** Several things selected together: which they are, and what is done to all of them as one step of undo. */
import { useMemo, useState } from "react";
import { plural } from "../../ui/format";
import { Button } from "../../ui";
import { countLabels } from "../labels/Chips";
import { Cap } from "../keycaps";
import { newId } from "../regions/parts";
import type { WidgetProps } from "../types";
import type { Actions } from "./commands";
import { ALONE, changedMany, gathered, grouping, movedGeometry, stepOf, twins } from "./many";
import type { DrawnMark, Kind, Mark } from "./marks";
import type { Changes } from "./useChanges";
import type { Marks } from "./useMarks";
import type { Viewing } from "./useViewing";

const NONE: ReadonlySet<string> = new Set();
const NOTHING: readonly DrawnMark[] = [];

/** What is selected besides the one that was selected last, the lead. */
export function useTogether(shown: readonly DrawnMark[], lead: string | null, onLead: (key: string | null) => void) {
  const [together, put] = useState(ALONE);
  const { keys } = together;
  const on = keys.size > 1 && together.lead === lead;
  const things = useMemo(() => (on ? shown.filter((one) => keys.has(one.key)) : NOTHING), [on, keys, shown]);
  const many = things.length > 1;
  return {
    many, things,
    keys: many ? keys : NONE,
    clear: () => put(ALONE),
    gather: (meant: readonly string[], how: "only" | "add" | "toggle") => {
      const next = gathered(many ? keys : new Set(lead === null ? [] : [lead]), lead, meant, how);
      put(next.keys.size > 1 ? next : ALONE);
      onLead(next.lead);
    },
  };
}

export type Together = ReturnType<typeof useTogether>;

export interface Doing<M extends Mark> {
  kind: Kind<M>;
  props: WidgetProps<M[]>;
  marks: Marks<M>;
  changes: Changes<M>;
  together: Together;
  viewing: Viewing;
  size: { w: number; h: number };
  select(key: string | null): void;
}

/** What is done to all of them. What is locked stays as it is. */
export function manyActions<M extends Mark>({ kind, props, marks, changes, together, viewing, size, select }: Doing<M>) {
  const { question, readOnly } = props;
  const all = props.value ?? [];
  const own = together.things.filter((one) => !one.suggested);
  const free = own.filter((one) => !one.locked);
  const offered = together.things.filter((one) => one.suggested);
  const known = new Map(free.map((one) => [one.key, one]));
  const freeKeys = new Set(known.keys());
  const some = plural(free.length, kind.noun, kind.nouns);
  const change = (how: (mark: M, key: string) => Partial<M> | null, name: string, merge?: string) => {
    if (!readOnly && free.length > 0) changes.put(changedMany(kind, all, freeKeys, how), name, merge);
  };
  const accept = (as?: string) => {
    if (readOnly) return;
    const waiting = new Set(offered.map((one) => one.key));
    const parts = marks.open.filter((one) => waiting.has(one.key)).map(({ part }): M => (as === undefined ? part : { ...part, label: as }));
    const now = as === undefined ? all : changedMany(kind, all, freeKeys, () => ({ label: as }) as Partial<M>);
    if (parts.length + (as === undefined ? 0 : free.length) > 0) changes.put([...now, ...parts], as === undefined ? `accept ${plural(parts.length, kind.noun, kind.nouns)}` : `relabel ${plural(free.length + parts.length, kind.noun, kind.nouns)}`);
  };
  const move = (dx: number, dy: number, merge?: string) => {
    const by = stepOf(free, dx, dy, size);
    if (by.x !== 0 || by.y !== 0) change((_, key) => movedGeometry(kind, known.get(key)!, by, size, question) ?? {}, `move ${some}`, merge);
  };
  const does = {
    several: { own: own.length, offered: offered.length },
    pointed: false, figure: false, locked: free.length === 0, busy: true,
    accept: () => accept(),
    reject: () => readOnly || props.onReject(offered.map((one) => one.key)),
    remove: () => {
      if (readOnly || free.length === 0) return;
      const merge = `remove.${newId()}`;
      change(() => null, `remove ${some}`, merge);
      const were = free.map((one) => one.key).filter((key) => key.includes(":"));
      if (were.length > 0) props.onReject(were, { merge });
      select(null);
    },
    copy: () => {
      const away = Math.max(4, Math.round(Math.min(...free.map((one) => Math.min(one.w, one.h))) / 8));
      const there = stepOf(free, away, away, size);
      const made = readOnly ? [] : twins(kind, all, known, there.x === 0 && there.y === 0 ? stepOf(free, -away, -away, size) : there, size, question);
      if (made.length === 0) return;
      changes.put([...all, ...made], `duplicate ${some}`);
      together.gather(made.map((mark) => mark.id!), "only");
    },
    move: (dx: number, dy: number) => move(dx, dy, `nudge.${together.things.at(-1)?.key}.${together.things.length}`),
    hideOne: () => {
      viewing.hideAll(together.things.map((one) => one.key), true);
      select(null);
    },
    lock: () => viewing.lockAll(own.map((one) => one.key), free.length > 0),
    raise: (by: 1 | -1) => change((mark) => ({ z: (mark.z ?? 0) + by || undefined }) as Partial<M>, "depth"),
    join: () => {
      const group = grouping(all, free);
      change(() => ({ group }) as Partial<M>, group === undefined ? `ungroup ${some}` : `group ${some}`);
    },
  } satisfies Partial<Actions>;
  return { does, own, free, offered, relabel: (label: string) => accept(label), drag: (dx: number, dy: number) => move(dx, dy) };
}

/** What the line over the image says of them. */
export function manyWords<M extends Mark>(kind: Kind<M>, together: Together, titleOf: (label: string) => string) {
  const { things } = together;
  const counts = [...countLabels(things)].sort((a, b) => b[1] - a[1]);
  const fixed = things.filter((one) => one.locked).length;
  const named = counts.slice(0, 4).map(([label, n]) => `${titleOf(label)} ${n}`).join(", ");
  return { title: plural(things.length, kind.noun, kind.nouns), color: things.at(-1)?.color ?? "", detail: `${named}${counts.length > 4 ? ", …" : ""}${fixed > 0 ? ` · ${fixed} locked` : ""}`, suggested: null };
}

/** Buttons for the suggestions among what is selected. */
export function Offered({ n, prefix, onAccept, onReject }: { n: number; prefix: string; onAccept(): void; onReject(): void }) {
  if (n === 0) return null;
  return (
    <>
      <Button size="small" onClick={onAccept}>Accept {n} <Cap id={`${prefix}.accept`} of="A" /></Button>
      <Button size="small" kind="quiet" onClick={onReject}>Reject {n} <Cap id={`${prefix}.reject`} of="R" /></Button>
    </>
  );
}
