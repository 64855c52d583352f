/** The parts of a graph that the editor draws: spans for the text, arcs for what holds between them. */
import { useMemo } from "react";
import { arcsOf } from "../linking/useArcs";
import { typesOf } from "../linking/links";
import { isSpan, type DrawnSpan, type Span } from "../marking/model";
import { regionParts } from "../regions/parts";
import type { WidgetProps } from "../types";
import { EMPTY, links, spansOf, type Graph } from "./model";

/** The props of a text editor for the spans of the graph. */
export function useSpanProps(props: WidgetProps<Graph>): WidgetProps<Span[]> {
  const { question, value, suggestions, onChange } = props;
  const graph = value ?? EMPTY;
  const spans = useMemo(() => suggestions.map(spansOf), [suggestions]);
  return {
    ...props,
    value: value?.spans,
    suggestions: spans,
    onChange: (next, how) => {
      const changed = links.withMarks(graph, typesOf(question), next ?? []);
      onChange(changed.spans.length > 0 ? changed : undefined, how);
    },
  };
}

/** The arcs of the graph in reading order, and the suggested ones that wait for a decision. */
export function useArcs(props: WidgetProps<Graph>, drawn: readonly DrawnSpan[]) {
  const { question, value, suggestions, rejected, minScore } = props;
  return useMemo(() => {
    const partsOf = (suggestion: (typeof suggestions)[number]) => regionParts(spansOf(suggestion), isSpan);
    const { arcs, open } = arcsOf({ links, graph: value ?? EMPTY, types: typesOf(question), drawn, suggestions, partsOf, rejected, minScore });
    return { arcs: arcs.sort((a, b) => a.head.start - b.head.start || a.tail.start - b.tail.start), open };
  }, [question, value, suggestions, rejected, minScore, drawn]);
}
