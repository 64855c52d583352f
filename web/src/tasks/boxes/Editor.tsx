/** Drawing boxes on an image: surface, labels, tools, and the list of boxes beside it. */
import { useRef, useState } from "react";
import type { Tool } from "../../canvas/gestures";
import { moved, resized, rounded, type Rect } from "../../lib/geometry";
import { nextInRing } from "../../lib/segments";
import { useImage } from "../../media/useImage";
import { filterCommand, labelCommands, useCommands } from "../labels/label-commands";
import type { LabelEntry } from "../labels/label-set";
import { LabelStrip } from "../labels/LabelStrip";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { WidgetProps } from "../types";
import { BoxList } from "./BoxList";
import css from "./boxes.module.css";
import { boxCommands } from "./commands";
import { changed, duplicate, keyOf, toBox, withoutBox, type Box, type DrawnBox } from "./model";
import { BoxHint, ImageNote, Tools } from "./Tools";
import { looksOf, useBoxes } from "./useBoxes";
import { useSurface } from "./useSurface";
import { useHold } from "./useHold";

/** On a window at least this wide the list of boxes is open from the start. */
const WIDE = 1200;

export function Editor(props: WidgetProps<Box[]>) {
  const { question, onChange, onReject, onActivate, readOnly } = props;
  const boxes = useBoxes(props);
  const { drawn, labels, theme } = boxes;
  const all = props.value ?? [];
  const loaded = useImage(boxes.media);
  const mips = loaded.kind === "ready" ? loaded.mips : null;
  const size = mips?.size ?? { w: 0, h: 0 };
  const host = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [selectedKey, select] = useState<string | null>(null);
  const [tool, setTool] = useState<Tool>(readOnly ? "select" : "draw");
  const [scale, setScale] = useState(1);
  const [listed, setListed] = useState(() => window.innerWidth >= WIDE);
  const [wanted, want] = useState<string | null>(null);
  const [shownItem, setShownItem] = useState(props.item.id);
  if (shownItem !== props.item.id) {
    // The surface, the tool and the wanted label stay from one item to the next; what was selected does not.
    setShownItem(props.item.id);
    select(null);
  }
  const selected = drawn.find((box) => box.key === selectedKey) ?? null;
  const label = wanted ?? labels[0]?.value ?? "";

  const put = (value: Box[], name: string, merge?: string) => onChange(value.length > 0 ? value : undefined, merge ? { label: name, merge } : { label: name });
  const add = (rect: Rect) => {
    if (readOnly || !size.w) return;
    const box = toBox(rect, label, size, props.fields.length > 1 ? boxes.field?.name : undefined);
    put([...all, box], `draw ${label}`);
    select(keyOf(box));
  };
  const edit = (key: string, rect: Rect, merge?: string) => put(changed(all, key, rounded(rect)), "change a box", merge);
  const surface = useSurface(host, {
    mips, drawn, selected: selectedKey, tool, color: looksOf(labels, label, theme).color, readOnly, theme,
    events: { onSelect: select, onDraw: add, onEdit: edit, onView: (s) => setScale(s) },
  });
  const go = (box: DrawnBox | undefined) => {
    select(box?.key ?? null);
    if (box) surface?.reveal(box);
  };
  const accept = (as?: string) => {
    const part = boxes.open.find((p) => p.key === selectedKey)?.part;
    if (!part || readOnly) return;
    put([...all, as === undefined ? part : { ...part, label: as }], as === undefined ? "accept" : "correct a suggestion");
    go(nextSuggestion(drawn, selected) ?? selected ?? undefined);
  };
  const reject = () => {
    if (!selected?.suggested || readOnly) return;
    onReject(selected.key);
    go(nextSuggestion(drawn, selected));
  };
  const own = selected && !selected.suggested && !readOnly ? selected : null;
  const remove = () => {
    if (!own) return;
    put(withoutBox(all, own.key), `remove ${own.label}`);
    if (own.key.includes(":")) onReject(own.key);
    select(null);
  };
  const copy = () => {
    const box = all.find((b) => keyOf(b) === own?.key);
    if (!box) return;
    const twin = duplicate(box, size);
    put([...all, twin], "duplicate");
    select(keyOf(twin));
  };
  const pick = (entry: LabelEntry) => {
    if (readOnly) return;
    want(entry.value);
    if (own) put(changed(all, own.key, { label: entry.value }), `relabel ${entry.title}`);
    else if (selected) accept(entry.value);
    else setTool("draw");
  };
  const addInMiddle = () => {
    const at = surface?.centre() ?? { x: size.w / 2, y: size.h / 2 };
    const side = Math.max(8, Math.min(size.w, size.h, 400 / scale) / 4);
    add({ x: at.x - side / 2, y: at.y - side / 2, w: side, h: side });
  };
  const back = () => {
    if (surface?.gestures.cancel()) return;
    if (selected) select(null);
    else setTool("select");
  };
  const hold = useHold(() => surface?.setHidden(true), () => surface?.setHidden(false));
  useCommands(props, [
    ...labelCommands(question, labels, pick, "Label"),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    ...boxCommands({
      group: question.title ?? question.name, selected, some: drawn.length > 0, tool, busy: selected !== null || tool === "draw",
      setTool, step: (by) => go(nextInRing(drawn, selected ?? undefined, by)), add: addInMiddle,
      zoom: () => (selected ? surface?.zoomTo(selected) : surface?.fit()), fit: () => surface?.fit(), hide: hold,
      accept: () => accept(), reject, remove, copy,
      move: (dx, dy) => own && edit(own.key, moved(own, dx, dy, size), `nudge.${own.key}`),
      grow: (dw, dh) => own && edit(own.key, resized(own, "se", { x: own.x + own.w + dw, y: own.y + own.h + dh }, size), `nudge.${own.key}`),
      back,
    }),
  ]);
  return (
    <div className={regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <div className={css.top}>
          <LabelStrip question={question} active={props.active} labels={labels} armed={own?.label ?? label} readOnly={readOnly} onPick={pick} filterRef={filter} />
          <Tools tool={tool} readOnly={readOnly} scale={scale} listed={listed} onTool={setTool} onFit={() => surface?.fit()} onZoom={(f) => surface?.zoomBy(f)} onList={() => setListed(!listed)} />
        </div>
        <RegionBar
          commands="boxes"
          hint={<BoxHint active={props.active} tool={tool} readOnly={readOnly} n={boxes.value.length} />} readOnly={readOnly}
          selected={selected && { title: looksOf(labels, selected.label, theme).title, color: selected.color, detail: `${Math.round(selected.w)} × ${Math.round(selected.h)} px`, suggested: selected.suggested }}
          onAccept={() => accept()} onReject={reject} onRemove={remove}
        />
      </div>
      <div className={css.stage}>
        <div ref={host} className={css.surface} aria-hidden />
        {loaded.kind === "ready" ? null : <ImageNote state={loaded} onRetry={loaded.retry} />}
        {listed ? <BoxList drawn={drawn} selected={selected} image={size} readOnly={readOnly} onSelect={(key) => go(drawn.find((b) => b.key === key))} onEdit={edit} onAdd={addInMiddle} /> : null}
      </div>
    </div>
  );
}

/** The next suggestion in the list after the present one, from the start again at the end. */
function nextSuggestion(drawn: readonly DrawnBox[], from: DrawnBox | null): DrawnBox | undefined {
  const open = drawn.filter((box) => box.suggested);
  const next = nextInRing(open, from ?? undefined);
  return next === from ? undefined : next;
}
