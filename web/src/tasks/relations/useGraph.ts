/** The parts of a graph that the editor draws: spans for the text, arcs for what holds between them. */
import { useMemo } from "react";
import { keyOf, isSpan, type DrawnSpan, type Span } from "../marking/model";
import { regionParts, type RegionPart } from "../regions/parts";
import type { WidgetProps } from "../types";
import type { DrawnArc } from "./Arcs";
import { EMPTY, holdsLink, linkKey, linkParts, spansOf, standing, typeOf, typesOf, withSpansOf, type Graph, type LinkPart } from "./model";

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
      const changed = withSpansOf(graph, typesOf(question), next ?? []);
      onChange(changed.spans.length > 0 ? changed : undefined, how);
    },
  };
}

export interface OpenLink {
  key: string;
  part: LinkPart;
  arc: DrawnArc;
}

/** The arcs of the graph, and the suggested ones that wait for a decision. */
export function useArcs(props: WidgetProps<Graph>, drawn: readonly DrawnSpan[]): { arcs: DrawnArc[]; open: OpenLink[] } {
  const { question, value, suggestions, rejected, minScore } = props;
  return useMemo(() => {
    const graph = value ?? EMPTY;
    const types = typesOf(question);
    const byKey = new Map(drawn.map((span) => [span.key, span]));
    const arcs: DrawnArc[] = graph.relations.flatMap((link) => {
      const [head, tail] = [byKey.get(link.head), byKey.get(link.tail)];
      const { title, color, kind } = typeOf(types, link.label);
      return head && tail ? [{ key: linkKey(link), head, tail, label: link.label, title, color, kind, suggested: null }] : [];
    });
    const place = (part: Span): DrawnSpan | undefined => {
      const held = standing(graph, part);
      return byKey.get(held ? keyOf(held) : (part.id ?? ""));
    };
    const open: OpenLink[] = [];
    for (const suggestion of suggestions) {
      if (rejected.has(String(suggestion.id))) continue;
      const spanParts: RegionPart<Span>[] = regionParts(spansOf(suggestion), isSpan);
      for (const one of linkParts(suggestion, spanParts)) {
        if (rejected.has(one.key) || (one.score !== null && one.score < minScore) || holdsLink(graph, one.part, types)) continue;
        const [head, tail] = [place(one.part.head), place(one.part.tail)];
        if (!head || !tail) continue;
        const { title, color, kind } = typeOf(types, one.part.label);
        const source = suggestion.version ? `${suggestion.source} v${suggestion.version}` : suggestion.source;
        open.push({ key: one.key, part: one.part, arc: { key: one.key, head, tail, label: one.part.label, title, color, kind, suggested: { score: one.score, source } } });
      }
    }
    return { arcs: [...arcs, ...open.map((o) => o.arc)].sort((a, b) => a.head.start - b.head.start || a.tail.start - b.tail.start), open };
  }, [question, value, suggestions, rejected, minScore, drawn]);
}
