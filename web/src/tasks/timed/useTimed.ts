/** Everything the editor of segments derives from its props: the media, the lanes, what is drawn in them. */
import { useMemo } from "react";
import type { Field, MediaValue } from "../../api/types";
import type { Lane, TimeMark } from "../../media/time/marks";
import { isMedia } from "../../media/prefetch";
import { entryOf, labelsOf, type LabelEntry } from "../labels/label-set";
import { openParts, regionParts, type RegionPart } from "../regions/parts";
import type { WidgetProps } from "../types";
import { isSegment, keyOf, signature, type Segment } from "./model";

/** A stored segment, or a suggested one. */
export interface DrawnSegment extends TimeMark {
  label: string;
  segment: Segment;
  suggested: { score: number | null; source: string } | null;
}

export interface Timed {
  field: Field | undefined;
  media: MediaValue | null;
  labels: readonly LabelEntry[];
  value: readonly Segment[];
  open: readonly RegionPart<Segment>[];
  /** In order of time. */
  drawn: readonly DrawnSegment[];
  lanes: readonly Lane[];
}

const nothing: readonly Segment[] = [];
/** With more labels than this, only those in use get a lane. */
const ALL_LANES = 12;

export function useTimed(props: WidgetProps<Segment[]>, armed: string): Timed {
  const { question, fields, item, suggestions, rejected, minScore } = props;
  const field = fields.find((f) => f.name === question.field) ?? fields.find((f) => f.kind === "audio" || f.kind === "video");
  const media = field ? item.data[field.name] : undefined;
  const labels = labelsOf(question);
  const value = useMemo(() => (props.value ?? nothing).filter((s) => s.field === undefined || s.field === field?.name), [props.value, field?.name]);
  const parts = useMemo(() => suggestions.flatMap((s) => regionParts(s, isSegment)), [suggestions]);
  const open = useMemo(() => openParts(parts, value, rejected, minScore, signature), [parts, value, rejected, minScore]);
  const drawn = useMemo(() => {
    const own = value.map((s) => drawnOf(labels, s, keyOf(s), null));
    const suggested = open.map((p) => drawnOf(labels, p.part, p.key, { score: p.score, source: p.suggestion.version ? `${p.suggestion.source} v${p.suggestion.version}` : p.suggestion.source }));
    const unique = new Map([...suggested, ...own].map((one) => [one.key, one]));
    return [...unique.values()].sort((a, b) => a.start - b.start || b.end - a.end || (a.key < b.key ? -1 : 1));
  }, [value, open, labels]);
  const lanes = useMemo(() => lanesOf(labels, drawn, armed), [labels, drawn, armed]);
  return { field, media: isMedia(media) ? media : null, labels, value, open, drawn, lanes };
}

function drawnOf(labels: readonly LabelEntry[], segment: Segment, key: string, suggested: DrawnSegment["suggested"]): DrawnSegment {
  const entry = entryOf(labels, segment.label);
  return {
    key, label: segment.label, lane: segment.label, start: segment.start, end: segment.end, color: entry.color, segment, suggested,
    title: segment.text || entry.title, dashed: suggested !== null,
  };
}

function lanesOf(labels: readonly LabelEntry[], drawn: readonly DrawnSegment[], armed: string): Lane[] {
  const used = new Set(drawn.map((one) => one.label));
  const shown = labels.length <= ALL_LANES ? labels : labels.filter((l) => used.has(l.value) || l.value === armed);
  const strange = [...used].filter((value) => entryOf(labels, value).index < 0);
  return [...shown.map((l) => ({ id: l.value, title: l.title, color: l.color })), ...strange.map((value) => ({ id: value, title: value, color: "var(--border-strong)" }))];
}
