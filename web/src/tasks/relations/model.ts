/** A graph of spans and relations as it is stored. Pure. */
import type { Suggestion } from "../../api/types";
import { linksBetween, type Linked } from "../linking/links";
import { isSpan, keyOf, signature, withSpans, type Span } from "../marking/model";

export type Graph = Linked<Span>;

export const EMPTY: Graph = { spans: [], relations: [] };

export function isGraph(value: unknown): value is Graph {
  const graph = value as Partial<Graph> | null;
  return typeof graph === "object" && graph !== null && Array.isArray(graph.spans) && graph.spans.every(isSpan) && Array.isArray(graph.relations ?? []);
}

/** The suggestion about the spans alone, as the text editor takes it. */
export const spansOf = (suggestion: Suggestion): Suggestion => ({ ...suggestion, value: isGraph(suggestion.value) ? suggestion.value.spans : [] });

export const links = linksBetween<Span>({
  isMark: isSpan, keyOf, signature, grown: withSpans,
  suggested: ({ value }) => (isGraph(value) ? { marks: value.spans, relations: value.relations } : null),
});
