/** Everything the span editor derives from its props: the text, what is drawn, and where. Nothing is computed twice. */
import { useMemo, useRef } from "react";
import type { Field, Item, Question } from "../../api/types";
import { offsetMap, type OffsetMap } from "../../lib/offsets";
import { place } from "../../lib/segments";
import { labelsOf, type LabelEntry } from "../labels/label-set";
import { openParts, regionParts, type RegionPart } from "../regions/parts";
import type { WidgetProps } from "../types";
import { blocksOf, shareOut, type Block, type Shared, type Shares } from "./document";
import { blocksOfReading, readingFor } from "./read";
import { isSpan, readingOrder, signature, SpanDrawer, type DrawnSpan, type Span } from "./model";

/** The field that a span question marks: the one it names, else the first text-like one. */
export function textField(question: Question, fields: readonly Field[]): Field | undefined {
  const named = fields.find((field) => field.name === question.field);
  return named ?? fields.find((field) => field.kind === "text" || field.kind === "markdown" || field.kind === "html");
}

/** The text of a field; chat turns and other values have none. */
export const textOf = (item: Item, field: Field | undefined): string => {
  const value = field ? item.data[field.name] : undefined;
  return typeof value === "string" ? value : "";
};

export interface Spans {
  field: Field | undefined;
  text: string;
  offsets: OffsetMap;
  labels: readonly LabelEntry[];
  value: readonly Span[];
  open: readonly RegionPart<Span>[];
  /** All that is drawn, in reading order. */
  drawn: readonly DrawnSpan[];
  blocks: readonly Block[];
  shares: Shares;
}

const nothing: readonly Span[] = [];

export function useSpans(props: WidgetProps<Span[]>): Spans {
  const { question, fields, item, suggestions, rejected, minScore } = props;
  const field = textField(question, fields);
  const reading = readingFor(question, item, field?.name);
  const text = reading ? reading.text : textOf(item, field);
  const labels = labelsOf(question);
  const value = useMemo(() => (props.value ?? nothing).filter((s) => s.field === undefined || s.field === field?.name), [props.value, field?.name]);
  const offsets = useMemo(() => offsetMap(text), [text]);
  const blocks = useMemo(() => (reading ? blocksOfReading(reading, offsets) : blocksOf(text)), [reading, text, offsets]);
  const drawer = useMemo(() => new SpanDrawer(offsets, labels), [offsets, labels]);
  const parts = useMemo(() => suggestions.flatMap((s) => regionParts(s, isSpan)), [suggestions]);
  const open = useMemo(() => openParts(parts, value, rejected, minScore, signature), [parts, value, rejected, minScore]);
  const drawn = useMemo(
    () => readingOrder([...value.map((s) => drawer.ofSpan(s)), ...open.map((p) => drawer.ofPart(p))]),
    [value, open, drawer],
  );
  const shares = useShares(blocks, drawn);
  return { field, text, offsets, labels, value, open, drawn, blocks, shares };
}

function useShares(blocks: readonly Block[], drawn: readonly DrawnSpan[]): Shares {
  const last = useRef<(Shared & { blocks: readonly Block[] }) | null>(null);
  return useMemo(() => {
    // The former result only saves work and lets equal parts keep their identity; it never changes what is drawn.
    const before = last.current?.blocks === blocks ? last.current : undefined;
    const placed = place(drawn, before?.placed);
    const shares = shareOut(blocks, placed, before);
    last.current = { blocks, placed, shares };
    return shares;
  }, [blocks, drawn]);
}
