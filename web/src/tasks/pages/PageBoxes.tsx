/** Boxes on the pages of a document: drawn, or put around words, which snap. Places are points of the page, from its top left corner. */
import { IconCursorText, IconPointer, IconRectangle } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import { MIN_SIDE, moved, type Rect } from "../../lib/geometry";
import { onPage, placesOf, type Word } from "../../lib/pages";
import { nextInRing } from "../../lib/segments";
import { MarkLayer, type Gesture, type PageMark } from "../../media/pages/MarkLayer";
import { PageFrame } from "../../media/pages/PageFrame";
import { useViewer } from "../../media/pages/viewer";
import { Note } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { AttributeForm } from "../image/AttributeForm";
import { attributesOf } from "../image/attributes";
import { Cap } from "../keycaps";
import { filterCommand, labelCommands, useCommands } from "../labels/label-commands";
import { entryOf, labelsOf, type LabelEntry } from "../labels/label-set";
import { LabelStrip } from "../labels/LabelStrip";
import { newId, openParts, regionParts } from "../regions/parts";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { Command, WidgetProps } from "../types";
import { documentOf } from "./document";
import { pageCommands } from "./page-commands";
import css from "./page-boxes.module.css";

export interface PageBox extends Rect {
  label: string;
  page?: number;
  id?: string;
  attributes?: Record<string, unknown>;
  group?: number;
}

interface Rules {
  isBox(value: unknown): value is PageBox;
  signature(box: PageBox): string;
}

const TOOLS: readonly { id: Gesture; title: string; key: string; Icon: typeof IconRectangle; hint: string }[] = [
  { id: "draw", title: "Draw boxes", key: "B", Icon: IconRectangle, hint: "Drag a box; click one to select it." },
  { id: "words", title: "Box words", key: "W", Icon: IconCursorText, hint: "Drag over words, or click one: the box snaps to them, one for each line." },
  { id: "select", title: "Select and move boxes", key: "V", Icon: IconPointer, hint: "Click a box to select it." },
];
const NONE: readonly PageBox[] = [];

export function PageBoxes(props: WidgetProps<PageBox[]> & { rules: Rules }) {
  const document = documentOf(props.question, props.fields, props.item);
  if (!document) return <Note tone="warn">This item has no document in “{props.question.field}”. Skip it (S), or flag it (F).</Note>;
  return <Boxes {...props} document={document} />;
}

function Boxes({ rules, document, ...props }: WidgetProps<PageBox[]> & { rules: Rules; document: NonNullable<ReturnType<typeof documentOf>> }) {
  const { question, item, value = NONE, onChange, onReject, onActivate, readOnly } = props;
  const viewer = useViewer(document.value, document.asker);
  const labels = labelsOf(question);
  const filter = useRef<HTMLInputElement>(null);
  const [tool, setTool] = useState<Gesture>(readOnly ? "select" : "draw");
  const [wanted, want] = useState<string | null>(null);
  const [selectedKey, select] = useState<string | null>(null);
  const [shownItem, setShownItem] = useState(item.id);
  if (shownItem !== item.id) {
    setShownItem(item.id);
    select(null);
  }
  const keyOf = (box: PageBox) => box.id ?? rules.signature(box);
  const parts = useMemo(() => props.suggestions.flatMap((s) => regionParts(s, rules.isBox)), [props.suggestions, rules]);
  const open = openParts(parts, value, props.rejected, props.minScore, rules.signature);
  const label = wanted ?? labels[0]?.value ?? "";
  const all = [
    ...value.map((box) => ({ key: keyOf(box), box, part: null })),
    ...open.map((part) => ({ key: part.key, box: part.part as PageBox, part })),
  ].sort((a, b) => (a.box.page ?? 0) - (b.box.page ?? 0) || a.box.y - b.box.y || a.box.x - b.box.x);
  const selected = all.find((one) => one.key === selectedKey) ?? null;
  const own = selected && !selected.part && !readOnly ? selected.box : null;
  const put = (boxes: readonly PageBox[], name: string) => onChange(boxes.length > 0 ? [...boxes] : undefined, { label: name });
  const change = (more: Partial<PageBox>, name: string) => own && put(value.map((box) => (box === own ? tidy<PageBox>({ ...box, ...more, id: keyOf(box) }) : box)), name);
  const add = (rects: readonly (Rect & { page: number })[]) => {
    if (readOnly || rects.length === 0) return;
    const group = rects.length > 1 ? 1 + Math.max(0, ...value.map((box) => box.group ?? 0)) : undefined;
    const made = rects.map((rect) => tidy<PageBox>({ ...rect, label, id: newId(), ...(group ? { group } : {}) }));
    put([...value, ...made], `draw ${label}`);
    select(made[0]!.id!);
  };
  const drag = (page: number, rect: Rect, words: readonly Word[]) => {
    if (words.length > 0) add(placesOf(words, page));
    else if (rect.w >= MIN_SIDE && rect.h >= MIN_SIDE) add([{ page, ...rect }]);
  };
  const go = (one: (typeof all)[number] | undefined) => {
    select(one?.key ?? null);
    if (one) viewer.go(one.box.page ?? 0, { page: one.box.page ?? 0, x: one.box.x, y: one.box.y, w: one.box.w, h: one.box.h });
  };
  const accept = (as?: string) => {
    if (!selected?.part || readOnly) return;
    put([...value, as === undefined ? selected.box : { ...selected.box, label: as }], "accept");
    go(open.length > 1 ? nextInRing(all.filter((one) => one.part), selected) : undefined);
  };
  const reject = () => {
    if (!selected?.part || readOnly) return;
    onReject(selected.key);
    go(open.length > 1 ? nextInRing(all.filter((one) => one.part), selected) : undefined);
  };
  const remove = () => {
    if (!own) return;
    put(value.filter((box) => box !== own), `remove ${own.label}`);
    if (keyOf(own).includes(":")) onReject(keyOf(own));
    select(null);
  };
  const choose = (entry: LabelEntry) => {
    if (readOnly) return;
    want(entry.value);
    if (own) change({ label: entry.value }, `relabel ${entry.title}`);
    else if (selected) accept(entry.value);
    else if (tool === "select") setTool("draw");
  };
  const nudge = (dx: number, dy: number, grow: boolean) => {
    const size = own && viewer.sizes[own.page ?? 0];
    if (!own || !size) return;
    const next = grow ? onPage({ ...own, w: Math.max(MIN_SIDE, own.w + dx), h: Math.max(MIN_SIDE, own.h + dy) }, size) : moved(own, dx, dy, size);
    if (next) change({ x: next.x, y: next.y, w: next.w, h: next.h }, "move");
  };
  const addInMiddle = () => {
    const at = viewer.handle.current?.centre();
    const size = at && viewer.sizes[at.page];
    const rect = size && onPage({ x: at.x - 50, y: at.y - 15, w: 100, h: 30 }, size);
    if (at && rect) add([{ page: at.page, ...rect }]);
  };
  const group = question.title ?? question.name;
  const make = (id: string, title: string, keys: string[], run: () => void, scope: Command["scope"] = "tool"): Command => ({ id: `pages.${id}`, title, keys, group, scope, run });
  useCommands(props, [
    ...labelCommands(question, labels, choose, "Label"),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    ...TOOLS.map((one) => make(one.id, one.title, [one.key], () => setTool(one.id))),
    make("add", "New box in the middle", ["Shift+B"], addInMiddle),
    ...(all.length > 0 ? [make("next", "Next box", ["J"], () => go(nextInRing(all, selected ?? undefined))), make("previous", "Previous box", ["K"], () => go(nextInRing(all, selected ?? undefined, -1)))] : []),
    ...(selected ? [make("back", "Let go", ["Escape"], () => select(null), "region")] : []),
    ...(selected?.part ? [make("accept", "Accept this suggestion", ["A"], () => accept(), "region"), make("reject", "Reject this suggestion", ["R"], reject, "region")] : []),
    ...(own ? [
      make("remove", "Remove the box", ["Delete", "Backspace"], remove, "region"),
      ...([["ArrowLeft", "left", -1, 0], ["ArrowRight", "right", 1, 0], ["ArrowUp", "up", 0, -1], ["ArrowDown", "down", 0, 1]] as const).flatMap(([key, name, dx, dy]) => [
        make(`move-${name}`, `Move 1 pt ${name}`, [key], () => nudge(dx, dy, false), "region"),
        make(`move-far-${name}`, `Move 10 pt ${name}`, [`Shift+${key}`], () => nudge(10 * dx, 10 * dy, false), "region"),
        make(`grow-${name}`, `Resize 1 pt ${name}`, [`Alt+${key}`], () => nudge(dx, dy, true), "region"),
      ]),
    ] : []),
    ...pageCommands("pages", question, viewer),
  ]);
  const marksOn = (page: number): PageMark[] => all.filter((one) => (one.box.page ?? 0) === page).map((one) => {
    const { title, color } = entryOf(labels, one.box.label);
    const score = one.part?.score;
    return { key: one.key, rects: [one.box], color, title: score == null ? title : `${title} ${scoreText(score)}`, dashed: one.part !== null, selected: one.key === selectedKey };
  });
  const attributes = own ? attributesOf(question, own.label) : [];
  const looks = selected ? entryOf(labels, selected.box.label) : null;
  return (
    <div className={regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <div className={css.top}>
          <LabelStrip question={question} active={props.active} labels={labels} armed={own?.label ?? label} readOnly={readOnly} onPick={choose} filterRef={filter} />
          {readOnly ? null : (
            <div className={css.tools} role="toolbar" aria-label="Tools">
              {TOOLS.map(({ id, title, key, Icon }) => (
                <button key={id} type="button" aria-pressed={tool === id} title={title} onClick={() => setTool(id)}><Icon size={16} aria-hidden /><span className="visually-hidden">{title}</span><Cap id={`pages.${id}`} of={key} /></button>
              ))}
            </div>
          )}
        </div>
        <RegionBar
          commands="pages" readOnly={readOnly} hint={readOnly ? `${value.length} boxes` : TOOLS.find((one) => one.id === tool)?.hint}
          selected={selected && looks ? { title: looks.title, color: looks.color, detail: `page ${(selected.box.page ?? 0) + 1}, ${Math.round(selected.box.w)} × ${Math.round(selected.box.h)} pt`, suggested: selected.part ? { score: selected.part.score, source: selected.part.suggestion.source } : null } : null}
          onAccept={() => accept()} onReject={reject} onRemove={remove}
        />
      </div>
      <div className={css.stage}>
        <PageFrame
          viewer={viewer} name={document.name}
          layer={(page, size, scale) => (
            <MarkLayer
              viewer={viewer} page={page} size={size} scale={scale} marks={marksOn(page)} gesture={tool} color={entryOf(labels, label).color} readOnly={readOnly}
              onDrag={drag} onPick={select} onEdit={(key, rect) => put(value.map((box) => (keyOf(box) === key ? { ...box, ...onPage(rect, size), id: key } : box)), "change a box")}
            />
          )}
        />
        {own && attributes.length > 0 ? (
          <aside className={css.attributes}>
            <AttributeForm
              attributes={attributes} values={own.attributes ?? {}} readOnly={readOnly}
              onAnswer={(name, answer) => change({ attributes: tidy({ ...own.attributes, [name]: answer }) }, name)}
            />
          </aside>
        ) : null}
      </div>
    </div>
  );
}

/** Without what is not said. */
function tidy<T extends object>(thing: T): T {
  return Object.fromEntries(Object.entries(thing).filter(([, v]) => v !== undefined)) as T;
}
