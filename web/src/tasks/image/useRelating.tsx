/** Relations between the things on an image: how they are drawn as arrows, chosen, typed and taken back. Inert where the question names no types of them. */
import { useMemo, useState, type ReactNode } from "react";
import type { SurfaceArrow } from "../../canvas/arrows-layer";
import { Button } from "../../ui";
import { resolveColor } from "../../ui/labelColor";
import { Cap } from "../keycaps";
import { linkCommands } from "../linking/commands";
import { typesOf } from "../linking/links";
import { TypeStrip } from "../linking/TypeStrip";
import { arcsOf, type Arc } from "../linking/useArcs";
import { useLinking } from "../linking/useLinking";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { Command, WidgetProps } from "../types";
import css from "./image.module.css";
import type { DrawnMark, Kind, Mark } from "./marks";
import { graphOf, linksOf, stored, thingParts } from "./related";
import { looksOf, type Marks } from "./useMarks";

export interface RelatingProps<M extends Mark> {
  kind: Kind<M>;
  props: WidgetProps<M[]>;
  marks: Marks<M>;
  /** What is not hidden. */
  shown: readonly DrawnMark[];
  selected: DrawnMark | null;
  own: DrawnMark | null;
  select(key: string | null): void;
  reveal(mark: DrawnMark): void;
}

const NONE: readonly never[] = [];

export function useRelating<M extends Mark>({ kind, props, marks, shown, selected, own, select, reveal }: RelatingProps<M>) {
  const { question, suggestions, rejected, minScore, readOnly, value } = props;
  const types = kind.unrelated ? NONE : typesOf(question);
  const on = types.length > 0;
  const links = linksOf(kind);
  const [few, setFew] = useState(false);
  const [refusal, refuse] = useState<string | null>(null);
  const graph = useMemo(() => graphOf(kind, on ? (value ?? NONE) : NONE), [kind, on, value]);
  const { arcs, open } = useMemo(
    () => (on ? arcsOf({ links, graph, types, drawn: shown, suggestions, partsOf: (suggestion) => thingParts(kind, suggestion), rejected, minScore }) : { arcs: NONE, open: NONE }),
    [on, links, graph, types, shown, suggestions, kind, rejected, minScore],
  );
  const l = useLinking<M, DrawnMark>({
    noun: kind.noun, links, graph, types, drawn: on ? shown : NONE, arcs, open, selected, own, readOnly, refuse, select, reveal, onReject: props.onReject,
    put: (next, label) => props.onChange(next.spans.length > 0 ? stored(kind, next) : undefined, { label }),
  });
  const { head, tail, link, offered } = l;
  const first = offered.find((type) => type.value === l.last) ?? offered[0];
  const chosen = link?.key ?? null;
  const ends = (head ?? selected)?.key ?? null;
  const colors = useMemo(() => new Map(types.map((type) => [type.value, marks.theme ? resolveColor(type.color) : type.color])), [types, marks.theme]);
  const arrows = useMemo<readonly SurfaceArrow[]>(() => {
    if (!on) return NONE;
    const drawn = arcs.map((arc) => toArrow(arc, colors.get(arc.label) ?? arc.color, arc.key === chosen || (chosen === null && ends !== null && (arc.head.key === ends || arc.tail.key === ends))));
    const seen = few ? drawn.filter((one) => one.strong) : drawn;
    if (!head || !tail || !first) return seen;
    return [...seen, { key: "proposed", head, tail, color: colors.get(first.value) ?? first.color, title: first.title, directed: first.kind === "directed", dashed: true, strong: true }];
  }, [on, arcs, few, chosen, ends, head, tail, first, colors]);
  const nameOf = (mark: DrawnMark) => looksOf(marks.labels, mark.label, marks.theme).title;
  const commands = (all: Command[]): Command[] => {
    if (!on) return all;
    const own_ = linkCommands({
      group: question.title ?? question.name, noun: kind.noun, fewKey: "Shift+O", own: own !== null, some: arcs.length > 0, few, linking: head ? { types: tail ? offered : [] } : null,
      selected: link && !readOnly ? { suggested: link.suggested !== null, directed: link.kind === "directed", types: offered } : null,
      start: l.start, target: l.target, finish: (type) => head && tail && l.draw(head, tail, type), leave: l.leave, step: l.step, retype: l.retype, turn: l.turn, remove: l.remove, accept: l.accept, reject: l.reject,
      toggleFew: () => setFew(!few),
    });
    return head ? [...all.filter(isView), ...own_] : link ? [...all.filter((c) => c.scope === "tool"), ...own_] : [...all, ...own_];
  };
  const strip = head || link ? (
    <TypeStrip types={offered} others={types.filter((type) => !offered.includes(type))} chosen={link?.label ?? first?.value ?? null} readOnly={readOnly} onPick={(type) => (head && tail ? l.draw(head, tail, type) : l.retype(type))} />
  ) : null;
  const about = head ? (
    <RegionBar commands="relations" selected={null} readOnly={readOnly} onAccept={nothing} onReject={nothing} onRemove={nothing} hint={refusal ? <span className={regions.warn}>{refusal}</span> : <Linking head={nameOf(head)} tail={tail ? nameOf(tail) : null} noun={kind.noun} />} />
  ) : link ? (
    <RegionBar
      commands="relations" hint={refusal ? <span className={regions.warn}>{refusal}</span> : null} readOnly={readOnly} onAccept={l.accept} onReject={l.reject} onRemove={l.remove}
      selected={refusal ? null : { title: link.title, color: link.color, detail: `${nameOf(link.head)} ${link.kind === "directed" ? "→" : "–"} ${nameOf(link.tail)}`, suggested: link.suggested }}
    />
  ) : refusal && own ? <RegionBar commands="relations" selected={null} readOnly={readOnly} onAccept={nothing} onReject={nothing} onRemove={nothing} hint={<span className={regions.warn}>{refusal}</span>} /> : null;
  return {
    arrows, strip, about, commands,
    /** An end is being looked for, so that a click chooses it. */
    linking: head !== null,
    pick: l.pick,
    /** A thing was clicked: true if it was meant as the end of a relation. */
    click: (key: string | null) => (key === null ? false : l.click((may) => may.find((one) => one.key === key))),
    /** Something else was done: what was refused is forgotten. */
    forget: () => refuse(null),
    more: on && own && !readOnly ? <Button size="small" kind="quiet" keys="T" onClick={l.start}>Relate</Button> : null,
    /** The relations of the selected thing, to choose from. */
    list: on && selected ? <Rows arcs={arcs.filter((arc) => arc.head.key === selected.key || arc.tail.key === selected.key)} from={selected.key} nameOf={nameOf} onPick={l.pick} /> : null,
  };
}

const nothing = () => undefined;
/** Looking about goes on while a relation is drawn. */
const isView = (command: Command) => command.scope === "tool" && /\.(zoom|fit|hide|turn-view)$/.test(command.id);

function toArrow(arc: Arc<DrawnMark>, color: string, strong: boolean): SurfaceArrow {
  const score = arc.suggested?.score;
  const title = score === null || score === undefined ? arc.title : `${arc.title} ${score.toFixed(2).replace(/^0/, "")}`;
  return { key: arc.key, head: arc.head, tail: arc.tail, color, title, directed: arc.kind === "directed", dashed: arc.suggested !== null, strong };
}

function Linking({ head, tail, noun }: { head: string; tail: string | null; noun: string }): ReactNode {
  if (!tail) return <>From {head}: click the other {noun}, or step with <Cap id="relations.target-next" of="J" /> <Cap id="relations.target-previous" of="K" />. <Cap id="relations.leave" of="Esc" /> to stop.</>;
  return <>{head} → {tail}: press a key of a type, or <Cap id="relations.finish" of="Enter" />.</>;
}

function Rows({ arcs, from, nameOf, onPick }: { arcs: readonly Arc<DrawnMark>[]; from: string; nameOf(mark: DrawnMark): string; onPick(key: string): void }): ReactNode {
  if (arcs.length === 0) return null;
  return (
    <div className={css.links} role="group" aria-label="Relations">
      {arcs.slice(0, 100).map((arc) => (
        <button key={arc.key} type="button" data-dashed={arc.suggested !== null || undefined} onClick={() => onPick(arc.key)}>
          {arc.head.key === from ? <><strong>{arc.title}</strong> {arc.kind === "directed" ? "→" : "–"} {nameOf(arc.tail)}</> : <>{nameOf(arc.head)} {arc.kind === "directed" ? "→" : "–"} <strong>{arc.title}</strong></>}
        </button>
      ))}
      {arcs.length > 100 ? <small>and {arcs.length - 100} more</small> : null}
    </div>
  );
}
