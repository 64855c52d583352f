/** Spans of a text and what holds between them. */
import { Chips, countLabels } from "../labels/Chips";
import { typesOf } from "../linking/links";
import { isSpan, signature, withSpans, type Span } from "../marking/model";
import { holdsPart, newParts, regionParts } from "../regions/parts";
import type { TaskWidget } from "../types";
import { Editor } from "./Editor";
import { EMPTY, isGraph, links, spansOf, type Graph } from "./model";
import { Settings } from "./Settings";

export const widget: TaskWidget<Graph> = {
  type: "relations",
  place: "field",
  Editor,
  View: ({ question, value }) => {
    const counts = countLabels(isGraph(value) ? value.spans : []);
    const n = isGraph(value) ? value.relations.length : 0;
    return <><Chips question={question} values={[...counts.keys()]} counts={counts} />{n > 0 ? <span className="dim"> {n === 1 ? "1 relation" : `${n} relations`}</span> : null}</>;
  },
  parts: (suggestion) => {
    const spans = regionParts(spansOf(suggestion), isSpan);
    return [...spans, ...links.linkParts(suggestion, spans)];
  },
  accept: (value, parts, question) => {
    const graph = value ?? EMPTY;
    const spans: Span[] = withSpans(graph.spans, newParts(graph.spans, parts.filter((p) => !links.isLinkPart(p)), isSpan, signature));
    const types = typesOf(question);
    const grown = spans === graph.spans ? graph : { ...graph, spans };
    return parts.filter(links.isLinkPart).reduce((so, part) => links.withLinkPart(so, types, part), grown);
  },
  holds: (value, part) => (links.isLinkPart(part) ? value !== undefined && links.holdsLink(value, part, []) : isSpan(part) && holdsPart(value?.spans, part, signature)),
  isEmpty: (value) => !value || value.spans.length === 0,
  nothing: () => EMPTY,
  Settings,
};
