/**
 * A graph of spans and relations as it is stored, and the changes a person makes to it. Pure.
 *
 * Spans that a relation ends at are named by their id. A chain is kept as the server keeps it: a link from each of its
 * spans to the next one in reading order.
 */
import type { Question, Suggestion } from "../../api/types";
import { entryOf, labelsOf, type LabelEntry } from "../labels/label-set";
import { isSpan, keyOf, signature as spanSignature, type Span } from "../marking/model";
import type { RegionPart } from "../regions/parts";
import type { SuggestionPart } from "../types";

export interface Relation {
  head: string;
  tail: string;
  label: string;
}

export interface Graph {
  spans: Span[];
  relations: Relation[];
}

export type Kind = "directed" | "undirected" | "chain";

/** A type of relation as the editor uses it. */
export interface LinkType extends LabelEntry {
  kind: Kind;
  head: readonly string[];
  tail: readonly string[];
}

/** A suggested relation: its ends come along, so that it can be accepted by itself. */
export interface LinkPart {
  label: string;
  head: Span;
  tail: Span;
}

export const EMPTY: Graph = { spans: [], relations: [] };

export function isGraph(value: unknown): value is Graph {
  const graph = value as Partial<Graph> | null;
  return typeof graph === "object" && graph !== null && Array.isArray(graph.spans) && graph.spans.every(isSpan) && Array.isArray(graph.relations ?? []);
}

const cache = new WeakMap<object, LinkType[]>();

/** The types of relations of a question, in its order, each with a key and a colour. */
export function typesOf(question: Question): LinkType[] {
  const known = cache.get(question.config);
  if (known) return known;
  const raw = Array.isArray(question.config.relations) ? (question.config.relations as (string | Record<string, unknown>)[]) : [];
  const shown = labelsOf({ ...question, config: { labels: raw } } as Question);
  const types = shown.map((entry, i) => {
    const one = raw[i];
    const { kind, head, tail } = typeof one === "object" ? one : ({} as Record<string, unknown>);
    return { ...entry, kind: (kind as Kind | undefined) ?? "directed", head: (head as string[] | undefined) ?? [], tail: (tail as string[] | undefined) ?? [] };
  });
  cache.set(question.config, types);
  return types;
}

export const typeOf = (types: readonly LinkType[], value: string): LinkType => ({ kind: "directed", head: [], tail: [], ...entryOf(types, value) });

/** Whether spans with these labels may be the ends of a type. */
export function fits(type: LinkType, head: string, tail: string): boolean {
  const may = (list: readonly string[], label: string) => list.length === 0 || list.includes(label);
  if (type.kind === "chain") return may(type.head, head) && may(type.head, tail);
  return (may(type.head, head) && may(type.tail, tail)) || (type.kind === "undirected" && may(type.head, tail) && may(type.tail, head));
}

export const linkKey = (link: Relation): string => `${link.head}>${link.tail}:${link.label}`;

/** The graph with an id on every span that a new relation is to end at. */
function named(graph: Graph, keys: readonly string[]): Graph {
  return { ...graph, spans: graph.spans.map((span) => (span.id === undefined && keys.includes(keyOf(span)) ? { ...span, id: keyOf(span) } : span)) };
}

/** The graph with one more relation between two of its spans (by key); the same graph if it is there. */
export function withLink(graph: Graph, types: readonly LinkType[], link: Relation): Graph {
  const type = typeOf(types, link.label);
  const order = new Map(graph.spans.map((span, i) => [keyOf(span), i]));
  if (link.head === link.tail || !order.has(link.head) || !order.has(link.tail)) return graph;
  const turned = type.kind !== "directed" && order.get(link.tail)! < order.get(link.head)!;
  const one = turned ? { ...link, head: link.tail, tail: link.head } : link;
  if (graph.relations.some((r) => linkKey(r) === linkKey(one))) return graph;
  const next = named({ ...graph, relations: [...graph.relations, one] }, [one.head, one.tail]);
  return type.kind === "chain" ? { ...next, relations: chained(next, link.label) } : next;
}

export const withoutLink = (graph: Graph, key: string): Graph => ({ ...graph, relations: graph.relations.filter((r) => linkKey(r) !== key) });

/** All relations, those of one chain type redrawn as links from each span to the next. */
function chained(graph: Graph, label: string): Relation[] {
  const order = new Map(graph.spans.map((span, i) => [keyOf(span), i]));
  const keys = graph.spans.map(keyOf);
  const root = keys.map((_, i) => i);
  const top = (i: number): number => (root[i] === i ? i : (root[i] = top(root[i]!)));
  for (const r of graph.relations) {
    if (r.label !== label) continue;
    const [a, b] = [top(order.get(r.head)!), top(order.get(r.tail)!)];
    root[Math.max(a, b)] = Math.min(a, b);
  }
  const last = new Map<number, number>();
  const links: Relation[] = [];
  const linked = new Set(graph.relations.filter((r) => r.label === label).flatMap((r) => [r.head, r.tail]));
  keys.forEach((key, i) => {
    if (!linked.has(key)) return;
    const before = last.get(top(i));
    if (before !== undefined) links.push({ head: keys[before]!, tail: key, label });
    last.set(top(i), i);
  });
  return [...graph.relations.filter((r) => r.label !== label), ...links];
}

/**
 * The graph with other spans. Relations go with their ends; a chain closes where one of its spans is taken out of the middle.
 */
export function withSpansOf(graph: Graph, types: readonly LinkType[], spans: Span[]): Graph {
  const there = new Set(spans.map(keyOf));
  const gone = graph.spans.map(keyOf).filter((key) => !there.has(key));
  let relations = graph.relations;
  for (const key of gone) {
    const bridges = types.filter((t) => t.kind === "chain").flatMap((type) => {
      const before = relations.find((r) => r.label === type.value && r.tail === key);
      const after = relations.find((r) => r.label === type.value && r.head === key);
      return before && after ? [{ head: before.head, tail: after.tail, label: type.value }] : [];
    });
    relations = [...relations.filter((r) => r.head !== key && r.tail !== key), ...bridges];
  }
  // A new label may not be allowed as an end any more.
  const labels = new Map(spans.map((span) => [keyOf(span), span.label]));
  return { spans, relations: relations.filter((r) => fits(typeOf(types, r.label), labels.get(r.head)!, labels.get(r.tail)!)) };
}

/** The suggestion about the spans alone, as the text editor takes it. */
export const spansOf = (suggestion: Suggestion): Suggestion => ({ ...suggestion, value: isGraph(suggestion.value) ? suggestion.value.spans : [] });

/** The relations of a suggestion as parts; `spanParts` are those of its spans. */
export function linkParts(suggestion: Suggestion, spanParts: readonly RegionPart<Span>[]): (SuggestionPart & { part: LinkPart })[] {
  if (!isGraph(suggestion.value)) return [];
  const byId = new Map(suggestion.value.spans.map((span, i) => [keyOf(span), spanParts[i]?.part]));
  return suggestion.value.relations.flatMap((relation, i) => {
    const [head, tail] = [byId.get(relation.head), byId.get(relation.tail)];
    if (!head || !tail) return [];
    const own = (relation as { score?: unknown }).score;
    return [{ key: `${suggestion.id}:r${i}`, score: typeof own === "number" ? own : suggestion.score, title: relation.label, part: { label: relation.label, head, tail } }];
  });
}

export const isLinkPart = (part: unknown): part is LinkPart => typeof part === "object" && part !== null && "head" in part && isSpan((part as LinkPart).head) && isSpan((part as LinkPart).tail);

/** The span of the graph that a part stands for: under the part's own id, or an equal one. */
export const standing = (graph: Graph, part: Span): Span | undefined => graph.spans.find((s) => s.id === part.id) ?? graph.spans.find((s) => spanSignature(s) === spanSignature(part));

/** Whether the graph holds a suggested relation already, between the same spans or equal ones. */
export function holdsLink(graph: Graph, part: LinkPart, types: readonly LinkType[]): boolean {
  const [head, tail] = [standing(graph, part.head), standing(graph, part.tail)];
  if (!head || !tail) return false;
  const kind = typeOf(types, part.label).kind;
  if (kind === "chain") return together(graph, part.label, keyOf(head), keyOf(tail));
  const same = (r: Relation) => r.label === part.label && ((r.head === keyOf(head) && r.tail === keyOf(tail)) || (kind === "undirected" && r.head === keyOf(tail) && r.tail === keyOf(head)));
  return graph.relations.some(same);
}

function together(graph: Graph, label: string, a: string, b: string): boolean {
  const seen = new Set([a]);
  const open = [a];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const r of graph.relations) {
      const other = r.label !== label ? undefined : r.head === at ? r.tail : r.tail === at ? r.head : undefined;
      if (other === b) return true;
      if (other !== undefined && !seen.has(other)) {
        seen.add(other);
        open.push(other);
      }
    }
  }
  return false;
}

/** The graph after accepting a suggested relation; its ends come with it. */
export function withLinkPart(graph: Graph, types: readonly LinkType[], part: LinkPart): Graph {
  if (holdsLink(graph, part, types)) return graph;
  const missing = [part.head, part.tail].filter((span) => !standing(graph, span));
  const order = (a: Span, b: Span) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0);
  const grown = missing.length > 0 ? { ...graph, spans: [...graph.spans, ...missing].sort(order) } : graph;
  return withLink(grown, types, { head: keyOf(standing(grown, part.head)!), tail: keyOf(standing(grown, part.tail)!), label: part.label });
}
