/** One chunk of text with its spans: runs of text with stacked underlines and small label tags. Memoised. */
import { memo, type CSSProperties } from "react";
import { flatten, type Placed, type Segment } from "../../lib/segments";
import { score as scoreText } from "../../ui/format";
import type { Chunk, Styled } from "./document";
import type { DrawnSpan } from "./model";
import css from "./marking.module.css";

export interface RunsProps {
  text: string;
  chunk: Chunk;
  /** Parts of its line that look different. */
  styles?: readonly Styled[] | undefined;
  spans: readonly Placed<DrawnSpan>[];
  /** The selected span if it touches this chunk. */
  selected: DrawnSpan | null;
  /** Draw handles on the edges of the selected span. */
  handles: boolean;
}

/** Height of one underline with its gap, in CSS pixels. */
export const LANE = 3;
/** Characters of a tag that fit over one character of text. */
const TAG_PER_CHAR = 1.3;

export const Runs = memo(function Runs({ text, chunk, styles = plain, spans, selected, handles }: RunsProps) {
  if (spans.length === 0 && styles.length === 0) return <span data-o={chunk.start}>{text.slice(chunk.start, chunk.end)}</span>;
  const segments = flatten(spans, chunk.start, chunk.end, styles.flatMap((style) => [style.start, style.end]));
  const tags = tagsOf(segments, spans, chunk);
  return segments.map((segment) => {
    const words = text.slice(segment.start, segment.end);
    const looks = looksOf(styles, segment);
    if (segment.over.length === 0) return <span key={segment.start} data-o={segment.start} data-s={looks}>{words}</span>;
    const on = selected !== null && segment.over.some((p) => p.stretch.key === selected.key);
    const grip = handles && on;
    return (
      <mark key={segment.start} data-o={segment.start} data-s={looks} data-on={on || undefined} className={css.mark} style={look(segment, selected?.key ?? null)}>
        {grip && segment.start === selected.start ? <i className={css.grip} data-edge="start" style={{ color: selected.color }} /> : null}
        {words}
        {grip && segment.end === selected.end ? <i className={css.grip} data-edge="end" style={{ color: selected.color }} /> : null}
        {tags.get(segment.start)}
      </mark>
    );
  });
});

const plain: readonly Styled[] = [];

/** The names of the looks of a run, for the style sheet. */
const looksOf = (styles: readonly Styled[], run: Chunk) => styles.filter((style) => style.start <= run.start && run.end <= style.end).map((style) => style.look).join(" ") || undefined;

/** Underlines for all spans over a run, innermost next to the text, and a tint for what a person marked. */
function look(segment: Segment<DrawnSpan>, selected: string | null): CSSProperties {
  const layers = segment.over.map(({ stretch, lane }) => {
    const line = stretch.suggested
      ? `repeating-linear-gradient(90deg,${stretch.color} 0 5px,transparent 5px 8px)`
      : `linear-gradient(${stretch.color},${stretch.color})`;
    return `${line} 0 calc(100% - ${lane * LANE}px)/100% ${stretch.key === selected ? 3 : 2}px no-repeat`;
  });
  const chosen = segment.over.find((p) => p.stretch.key === selected)?.stretch;
  const inner = segment.over.findLast((p) => !p.stretch.suggested)?.stretch;
  const tint = chosen ?? inner;
  const ground = tint ? `color-mix(in srgb,${tint.color} ${chosen ? 34 : 15}%,transparent)` : "transparent";
  return { background: `${layers.join(",")},${ground}`, paddingBottom: segment.over[0]!.depth * LANE };
}

/** The tags by the offset at which their spans start; cut so that they do not run into the next one. */
function tagsOf(segments: readonly Segment<DrawnSpan>[], spans: readonly Placed<DrawnSpan>[], chunk: Chunk) {
  const starts = new Map<number, Placed<DrawnSpan>[]>();
  for (const placed of spans) {
    if (placed.stretch.start < chunk.start) continue;
    const list = starts.get(placed.stretch.start);
    if (list) list.push(placed);
    else starts.set(placed.stretch.start, [placed]);
  }
  const tags = new Map<number, React.ReactNode>();
  let next = chunk.end + 12;
  for (let i = segments.length - 1; i >= 0; i--) {
    const at = segments[i]!.start;
    const here = starts.get(at);
    if (!here) continue;
    tags.set(at, <Tags spans={here} room={Math.max(1, Math.floor((next - at) * TAG_PER_CHAR))} />);
    next = at;
  }
  return tags;
}

function Tags({ spans, room }: { spans: readonly Placed<DrawnSpan>[]; room: number }) {
  const each = Math.max(1, Math.floor(room / spans.length) - (spans.length > 1 ? 1 : 0));
  return (
    <span className={css.tags}>
      {spans.map(({ stretch }) => (
        <i key={stretch.key} data-t={cut(tagText(stretch), each)} data-dashed={stretch.suggested ? true : undefined} style={{ color: stretch.color }} />
      ))}
    </span>
  );
}

const tagText = (span: DrawnSpan) => (span.suggested && span.suggested.score !== null ? `${span.title} ${scoreText(span.suggested.score)}` : span.title);
const cut = (text: string, most: number) => (text.length <= most ? text : most < 3 ? text.slice(0, most) : `${text.slice(0, most - 1)}…`);
