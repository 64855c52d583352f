/** Marking text, without its looks: what is selected, armed and refused, and every change a person can make to the spans. */
import { useRef, useState } from "react";
import { nextInRing, stackAt } from "../../lib/segments";
import { snapToWords, type TextRange } from "../../lib/words";
import { filterCommand, labelCommands } from "../labels/label-commands";
import { entryOf, type LabelEntry } from "../labels/label-set";
import type { Command, WidgetProps } from "../types";
import { spanCommands } from "./commands";
import { changed, keyOf, overlapping, toSpan, withoutSpan, withSpan, type DrawnSpan, type Span } from "./model";
import { dragged, stepped, type Edge } from "./stepping";
import type { TextHandle } from "./TextSurface";
import { useSpans } from "./useSpans";

export function useMarking(props: WidgetProps<Span[]>) {
  const { question, onChange, onReject, readOnly } = props;
  const spans = useSpans(props);
  const { text, offsets, labels, drawn } = spans;
  const all = props.value ?? [];
  const surface = useRef<TextHandle>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [selectedKey, select] = useState<string | null>(null);
  const [armed, arm] = useState<string | null>(null);
  const [pending, setPending] = useState<TextRange | null>(null);
  const [refusal, refuse] = useState<string | null>(null);
  const selected = drawn.find((span) => span.key === selectedKey) ?? null;
  const own = selected && !selected.suggested && !readOnly ? selected : null;

  const put = (value: Span[], label: string, merge?: string) => onChange(value.length > 0 ? value : undefined, merge ? { label, merge } : { label });
  const go = (span: DrawnSpan | undefined) => {
    select(span?.key ?? null);
    refuse(null);
    if (span) surface.current?.reveal(span.start);
  };
  /** Says so if a span may not go there because of another one. */
  const clashes = (span: { start: number; end: number }, own?: string): boolean => {
    const others = question.config.overlap === false ? spans.value.filter((s) => keyOf(s) !== own) : [];
    const clash = overlapping(others, span.start, span.end)[0];
    refuse(clash ? `Spans may not overlap here: “${entryOf(labels, clash.label).title}” is there already. Remove or change it first.` : null);
    return clash !== undefined;
  };
  const create = (range: TextRange, label: string) => {
    const span = toSpan(range, label, offsets, props.fields.length > 1 ? spans.field?.name : undefined);
    if (clashes(span)) return;
    put(withSpan(all, span), `mark ${label}`);
    surface.current?.clear();
    setPending(null);
    if (armed === null) select(keyOf(span));
  };
  const pick = (label: LabelEntry) => {
    if (readOnly) return;
    const range = surface.current?.range() ?? null;
    if (range) return create(range, label.value);
    if (own) return put(changed(all, own.key, { label: label.value }), `relabel ${label.title}`);
    if (selected) return accept(label.value);
    arm(armed === label.value ? null : label.value);
  };
  const accept = (label?: string) => {
    const part = spans.open.find((p) => p.key === selectedKey)?.part;
    if (!part || readOnly || clashes(part)) return;
    put(withSpan(all, label === undefined ? part : { ...part, label }), label === undefined ? "accept" : "correct a suggestion");
    go(nextSuggestion(drawn, selected) ?? selected ?? undefined);
  };
  const reject = () => {
    if (!selected?.suggested || readOnly) return;
    onReject(selected.key);
    go(nextSuggestion(drawn, selected));
  };
  const remove = () => {
    if (!own) return;
    put(withoutSpan(all, own.key), `remove ${own.title}`);
    if (own.key.includes(":")) onReject(own.key);
    select(null);
  };
  const resize = (next: TextRange | null, merge: string) => {
    if (!own || !next || (next.start === own.start && next.end === own.end)) return;
    const change = { start: offsets.toCodePoint(next.start), end: offsets.toCodePoint(next.end) };
    if (clashes(change, own.key)) return;
    put(changed(all, own.key, change), "move an edge", merge);
    select(own.key);
  };
  const adjust = (edge: Edge, direction: 1 | -1) => own && resize(stepped(text, own, edge, direction), `edge.${own.key}`);
  const widen = () => {
    const range = surface.current?.range();
    const wide = range && snapToWords(text, range);
    if (wide) surface.current?.select(wide);
  };
  const back = () => {
    if (pending) surface.current?.clear();
    setPending(null);
    if (!pending && selected) select(null);
    else if (!pending) arm(null);
    refuse(null);
  };
  const commands: Command[] = [
    ...labelCommands(question, labels, pick, "Mark"),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    ...spanCommands({
      group: question.title ?? question.name, selected, selecting: pending !== null, busy: armed !== null || pending !== null || selected !== null, some: drawn.length > 0,
      step: (by) => go(nextInRing(drawn, selected ?? undefined, by)), accept: () => accept(), reject, remove, adjust, widen, back,
    }),
  ];
  /** What the surface tells. */
  const onSurface = {
    onEdge: (edge: Edge, at: number, exact: boolean, drag: number) => own && resize(dragged(text, own, edge, at, exact), `drag.${drag}`),
    onRange: (range: TextRange | null) => (range && armed !== null && !readOnly ? create(range, armed) : setPending(range)),
    onClick: (offset: number) => go(nextInStack(drawn, offset, selected)),
  };
  return { overlap: question.config.overlap !== false, spans, all, surface, filter, selected, own, armed, pending, refusal, refuse, put, go, select, pick, accept, reject, remove, commands, onSurface };
}

export type Marking = ReturnType<typeof useMarking>;

/** Repeated clicks at one place go through the spans over it, innermost first. */
export function nextInStack(drawn: readonly DrawnSpan[], offset: number, selected: DrawnSpan | null): DrawnSpan | undefined {
  const stack = stackAt(drawn, offset);
  return selected && stack.includes(selected) ? nextInRing(stack, selected) : stack[0];
}

/** The next suggestion after the present one, in reading order. */
function nextSuggestion(drawn: readonly DrawnSpan[], from: DrawnSpan | null): DrawnSpan | undefined {
  const at = from ? drawn.indexOf(from) : -1;
  return drawn.slice(at + 1).find((span) => span.suggested);
}
