/** Marking things on an image: surface, labels, tools, and the list of things beside it. What the things are, a `Kind` says. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { ImageSurface } from "../../canvas/image-surface";
import { boxShape, withoutPoint, type Shape } from "../../lib/shape";
import { around } from "../../lib/geometry";
import { useImage, type ImageState } from "../../media/useImage";
import { nextInRing } from "../../lib/segments";
import { filterCommand, labelCommands, useCommands } from "../labels/label-commands";
import type { LabelEntry } from "../labels/label-set";
import { LabelStrip } from "../labels/LabelStrip";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { Command, WidgetProps } from "../types";
import { attributesOf } from "./attributes";
import { clipboardCommands } from "./clipboard-commands";
import { imageCommands, penCommands } from "./commands";
import { Details } from "./Details";
import css from "./image.module.css";
import { keyOf, type DrawnMark, type Kind, type Mark } from "./marks";
import { ObjectList } from "./ObjectList";
import { PenButtons } from "./PenButtons";
import { OutlinerPicker, useOutliner } from "./outliner";
import { Hint, ImageNote, Tools } from "./Tools";
import { askTool, refine } from "./refine";
import { manyActions, manyWords, Offered, useTogether } from "./together";
import { useChanges } from "./useChanges";
import { useFit } from "./useFit";
import { useHold } from "./useHold";
import { useLook } from "./useLook";
import { useRelating } from "./useRelating";
import { imageField, looksOf, mediaOf, useMarks } from "./useMarks";
import { useSurface } from "./useSurface";
import { useViewing, type Viewing } from "./useViewing";

/** On a window at least this wide the list is open from the start. */
const WIDE = 1200;

/** What the editor of tracks adds, where the picture is one frame of a video. */
export interface OnFilm {
  picture: ImageState & { retry(): void };
  /** Which thing is selected is known to the owner, who may select one that is not on this frame. */
  selected: string | null;
  onSelect(key: string | null): void;
  /** The commands as they are to be, given those of the image. */
  commands(own: Command[], selected: DrawnMark | null): Command[];
  /** What is said of the selected thing, and can be done with it. */
  about(selected: DrawnMark): { detail: string; more: ReactNode };
  /** Draws on the surface while the film runs; returns what ends it. */
  attach(surface: ImageSurface, viewing: Viewing): () => void;
  /** In place of "Space pans". */
  hint: ReactNode;
  below: ReactNode;
}

export function ImageEditor<M extends Mark>({ kind, film, ...props }: WidgetProps<M[]> & { kind: Kind<M>; film?: OnFilm }) {
  const { question, onReject, onActivate, readOnly } = props;
  const field = imageField(question, props.fields);
  const looking = useLook(field ? mediaOf(props.item.data[field.name]) : null);
  const marks = useMarks(kind, props, looking.look.page);
  const { drawn, labels, theme } = marks;
  const image = useImage(film ? null : marks.media, looking.look);
  const loaded = film?.picture ?? image;
  const mips = loaded.kind === "ready" ? loaded.mips : null;
  const size = mips?.size ?? { w: 0, h: 0 };
  const host = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [ownKey, setOwnKey] = useState<string | null>(null);
  const selectedKey = film ? film.selected : ownKey;
  const setSelectedKey = film?.onSelect ?? setOwnKey;
  const [before, setBefore] = useState<string | null>(null);
  const [tool, setTool] = useState(readOnly ? "select" : kind.tools[0]!.id);
  const [scale, setScale] = useState(1);
  const [listed, setListed] = useState(() => !readOnly && window.innerWidth >= WIDE);
  const [wanted, want] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [hint, setHint] = useState<string | null>(null);
  const [picked, pick] = useState<{ ring: number; at: number } | null>(null);
  const viewing = useViewing(drawn);
  const outliner = useOutliner(props.item.project_id, question, !readOnly && kind.tools.some((one) => one.id === "click"));
  const [shownItem, setShownItem] = useState(props.item.id);
  const lead = (key: string | null) => {
    if (key !== selectedKey && selectedKey !== null) setBefore(selectedKey);
    relating.forget();
    setSelectedKey(key);
    pick(null);
  };
  const together = useTogether(viewing.shown, selectedKey, lead);
  const { many } = together;
  const select = (key: string | null) => {
    together.clear();
    lead(key);
  };
  if (shownItem !== props.item.id) {
    // The surface, the tool and the wanted label stay from one item to the next; what was selected does not.
    setShownItem(props.item.id);
    setSelectedKey(null);
    pick(null);
  }
  const selected = (!many && drawn.find((one) => one.key === selectedKey)) || null;
  const own = selected && !selected.suggested && !readOnly ? selected : null;
  const label = wanted ?? labels[0]?.value ?? "";
  const spec = kind.tools.find((one) => one.id === tool);
  const where = { field: props.fields.length > 1 ? marks.field?.name : undefined, page: looking.look.page || undefined } as Partial<Mark>;
  const under = viewing.clears ? drawn.filter((one) => !one.suggested && !viewing.isLocked(one.key)) : null;
  const changes = useChanges(kind, props, { size, label, own, select, where, under });
  const relating = useRelating({ kind, props, marks, shown: viewing.shown, selected, own, select, reveal: (mark) => surface?.viewport.reveal(mark) });
  const several = many ? manyActions({ kind, props, marks, changes, together, viewing, size, select }) : null;
  const surface = useSurface(host, {
    mips, drawn: viewing.shown, arrows: relating.arrows, picksArrows: !relating.linking, selected: many ? null : selectedKey, several: together.keys, bands: !film && !relating.linking, tool: spec && !relating.linking ? "draw" : "select", spec: spec ?? kind.tools[0], color: looksOf(labels, own && spec?.brush ? own.label : label, theme).color, readOnly: readOnly || relating.linking, theme,
    turns: kind.turns?.(question) ?? false, film: film !== undefined, snaps: viewing.snaps, light: viewing.light, turn: viewing.turn, picked,
    events: {
      onView: setScale, onBusy: setBusy, onArrow: relating.pick,
      onSelect: (key) => (relating.linking ? (relating.click(key), surface?.setSelected(selectedKey)) : select(key)),
      onSeveral: (keys, how) => (relating.linking ? undefined : together.gather(keys, how)),
      onMove: (dx, dy) => several?.drag(dx, dy),
      onDraw: (shape) => changes.draw(shape, spec?.cuts ?? false),
      onEdit: (key, shape) => changes.edit(key, shape),
      onPick: (grip) => grip.at !== undefined && pick({ ring: grip.ring ?? 0, at: grip.at }),
    },
    host: { question, radius: () => viewing.radius, onStroke: changes.stroke, onHint: setHint, refine: (shown) => refine(kind, props.item, question, { ...shown, page: looking.look.page }, outliner.tool), help: (tool, shown) => askTool(props.item, question, tool, { ...shown, page: looking.look.page }) },
  });
  const titleOf = (of: string) => looksOf(labels, of, theme).title;
  const attach = film?.attach;
  useEffect(() => (surface && attach ? attach(surface, viewing) : undefined), [surface, attach, viewing]);
  const go = (one: DrawnMark | undefined) => {
    select(one?.key ?? null);
    if (one) surface?.viewport.reveal(one);
  };
  const accept = (as?: string) => {
    const part = marks.open.find((p) => p.key === selectedKey)?.part;
    if (!part || readOnly) return;
    changes.accept(part, as);
    go(nextSuggestion(drawn, selected) ?? selected ?? undefined);
  };
  const reject = () => {
    if (!selected?.suggested || readOnly) return;
    onReject(selected.key);
    go(nextSuggestion(drawn, selected));
  };
  const shape = own ? (own.shape ?? boxShape(own)) : null;
  const remove = () => {
    if (!own || !shape) return;
    const less = picked ? withoutPoint(shape, { kind: "point", place: { x: 0, y: 0 }, cursor: "", ...picked }) : null;
    pick(null);
    if (less) return changes.edit(own.key, less);
    changes.remove(own.key);
    if (own.key.includes(":")) onReject(own.key);
    setSelectedKey(null);
  };
  const choose = (entry: LabelEntry) => {
    if (readOnly) return;
    want(entry.value);
    if (several) several.relabel(entry.value);
    else if (own) changes.set(own.key, { label: entry.value } as Partial<M>, `relabel ${entry.title}`);
    else if (selected) accept(entry.value);
    else if (!spec) setTool(kind.tools[0]!.id);
  };
  const addInMiddle = () => {
    const at = surface?.viewport.centre ?? { x: size.w / 2, y: size.h / 2 };
    changes.draw(kind.inMiddle(at, Math.max(8, Math.min(size.w, size.h, 400 / scale) / 4), question), false);
  };
  const back = () => {
    if (surface?.gestures.cancel()) return;
    if (picked) pick(null);
    else if (selected || many) select(null);
    else setTool("select");
  };
  const hold = useHold(() => surface?.setHidden(true), () => surface?.setHidden(false));
  const locked = own !== null && viewing.isLocked(own.key);
  const nudge = (dx: number, dy: number, grow: boolean) => own && shape && !locked && changes.nudge(own.key, shape, dx, dy, grow, picked);
  const group = question.title ?? question.name;
  const fits = useFit({
    prefix: kind.type, group, noun: kind.noun, own: locked || !kind.tools.some((one) => one.id === "click") ? null : own,
    find: (shown) => refine(kind, props.item, question, { ...shown, page: looking.look.page }, outliner.tool), onFound: changes.edit,
  });
  const pointed = shape !== null && shape.kind !== "box" && shape.kind !== "mask";
  const commands = [
    ...labelCommands(question, labels, choose, "Label"),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    ...fits,
    ...(busy ? [] : clipboardCommands({ kind, props, labels: new Set(labels.map((one) => one.value)), label, size, own: several ? several.own : own ? [own] : [], where, put: changes.put, gather: together.gather })),
    ...(busy
      ? penCommands({ prefix: kind.type, group, finish: () => surface?.pen.finish?.(), undoPoint: () => surface?.pen.back?.(), back, skip: surface?.pen.skip ? () => surface.pen.skip?.() : null })
      : imageCommands({
          prefix: kind.type, group, noun: kind.noun, nouns: kind.nouns, tools: kind.tools, selected, several: null, locked, some: drawn.length > 0, busy: selected !== null || spec !== undefined,
          pointed, figure: shape?.kind === "figure", brush: kind.tools.some((one) => one.brush), setTool, add: addInMiddle,
          step: (by) => go(nextInRing(viewing.shown, selected ?? undefined, by)),
          all: () => together.gather(surface?.several.inView ?? [], "only"),
          zoom: () => (many ? surface?.viewport.zoomTo(around(together.things)!) : selected ? surface?.viewport.zoomTo(selected) : surface?.viewport.fit()), fit: () => surface?.viewport.fit(), hide: hold,
          accept: () => accept(), reject, remove, copy: changes.copy,
          move: (dx, dy) => nudge(dx, dy, false), grow: (dw, dh) => nudge(dw, dh, true), back,
          stepPoint: (by) => shape && pick(nextPoint(shape, picked, by)),
          toggleSeen: () => own && shape && picked && changes.toggleSeen(own.key, shape, picked.at),
          hideOne: () => {
            if (own) viewing.hide(own.key);
            select(null);
          },
          showAll: viewing.showAll, lock: () => own && viewing.lock(own.key), raise: (by) => own && changes.set(own.key, { z: own.z + by || undefined } as Partial<M>, "depth"),
          join: () => changes.join(before), snap: viewing.toggleSnap, pages: looking.pages > 1, turnPage: (by) => looking.turnTo(looking.look.page + by), turnView: viewing.turnOn, resizeBrush: viewing.resizeBrush, clear: viewing.toggleClears,
          ...several?.does,
        })),
  ];
  useCommands(props, busy ? commands : film ? film.commands(commands, selected) : relating.commands(commands));
  const about = selected && !selected.suggested ? film?.about(selected) : undefined;
  const mark = own ? (props.value ?? []).find((one) => keyOf(kind, one) === own.key) : undefined;
  return (
    <div className={regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <div className={css.top}>
          {relating.strip ?? <LabelStrip question={question} active={props.active} labels={labels} armed={own?.label ?? label} readOnly={readOnly} onPick={choose} filterRef={filter} />}
          <Tools kind={kind} tool={tool} readOnly={readOnly} scale={scale} listed={listed} viewing={viewing} looking={looking} marked={new Set((props.value ?? []).map((one) => one.page ?? 0))} onTool={setTool} onFit={() => surface?.viewport.fit()} onZoom={(f) => surface?.viewport.zoomAt(surface.viewport.middle, f)} onList={() => setListed(!listed)} />
        </div>
        {relating.about ?? <RegionBar
          commands={kind.type}
          drawing={busy && surface?.pen.finish ? <PenButtons pen={surface.pen} end={spec?.id === "click" ? "Take it" : "End it"} onGiveUp={back} /> : null}
          hint={<>{spec?.id === "click" ? <OutlinerPicker outliner={outliner} /> : null}<Hint kind={kind} active={props.active} spec={spec} words={hint} busy={busy} readOnly={readOnly} n={marks.value.length} after={film?.hint} film={film !== undefined} /></>} readOnly={readOnly}
          selected={several ? manyWords(kind, together, titleOf) : selected && { title: looksOf(labels, selected.label, theme).title, color: selected.color, detail: `${Math.round(selected.w)} × ${Math.round(selected.h)} px${locked ? ", locked" : ""}${about ? ` · ${about.detail}` : ""}`, suggested: selected.suggested }}
          more={several ? <Offered n={several.offered.length} prefix={kind.type} onAccept={several.does.accept} onReject={several.does.reject} /> : (about?.more ?? relating.more)} onAccept={() => accept()} onReject={reject} onRemove={several ? (several.free.length > 0 ? several.does.remove : null) : remove}
        />}
      </div>
      <div className={css.stage}>
        <div className={css.pane}>
          <div ref={host} className={css.surface} aria-hidden />
          {loaded.kind === "ready" ? null : <ImageNote state={loaded} onRetry={mediaOf(field ? props.item.data[field.name] : null)?.error ? null : loaded.retry} />}
        </div>
        {listed || (own && attributesOf(question, own.label).length > 0) ? (
          <ObjectList kind={kind} drawn={drawn} selected={many ? together.keys : selected?.key ?? null} image={size} readOnly={readOnly} viewing={viewing} whole={listed} titleOf={titleOf} onSelect={(key) => go(drawn.find((b) => b.key === key))} onGather={together.gather} onAdd={addInMiddle}>
            {selected && mark && shape ? (
              <>{relating.list}<Details
                key={selected.key} question={question} shape={shape} drawn={selected} picked={picked} image={size} readOnly={readOnly || locked}
                onShape={(next) => changes.edit(selected.key, next)} onSet={(change, name) => changes.set(selected.key, change as Partial<M>, name)}
              /></>
            ) : null}
          </ObjectList>
        ) : null}
      </div>
      {film?.below}
    </div>
  );
}

/** The next suggestion in the list after the present one, from the start again at the end. */
function nextSuggestion(drawn: readonly DrawnMark[], from: DrawnMark | null): DrawnMark | undefined {
  const open = drawn.filter((one) => one.suggested);
  const next = nextInRing(open, from ?? undefined);
  return next === from ? undefined : next;
}

/** The point after (or before) the picked one, over all outlines of a shape; points that are not there are passed over. */
function nextPoint(shape: Shape, from: { ring: number; at: number } | null, by: 1 | -1): { ring: number; at: number } | null {
  if (shape.kind === "box" || shape.kind === "mask") return null;
  const rings = shape.kind === "outline" ? [shape.points, ...shape.holes] : [shape.points];
  const all = rings.flatMap((points, ring) => points.map((_, at) => ({ ring, at })));
  const there = shape.kind === "figure" ? all.filter(({ at }) => shape.points[at]!.v > 0) : all;
  const now = there.findIndex((p) => p.ring === from?.ring && p.at === from.at);
  return there[(now + by + there.length) % there.length] ?? null;
}
