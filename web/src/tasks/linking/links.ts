/**
 * Relations between marks of one value (spans of a text, things on an image) as the editor uses them, and the changes a person makes
 * to them. Pure.
 *
 * Marks that a relation ends at are named by their id. A chain is kept as the server keeps it: a link from each of its marks to the
 * next one in the order of the value. What a mark is, an `Ends` says.
 */
import type { Question, Suggestion } from "../../api/types";
import { entryOf, labelsOf, type LabelEntry } from "../labels/label-set";
import type { Region, RegionPart } from "../regions/parts";
import type { SuggestionPart } from "../types";

export interface Relation {
  head: string;
  tail: string;
  label: string;
}

/** Marks, in the order of the value, and what holds between them. */
export interface Linked<T> {
  spans: T[];
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
export interface LinkPart<T> {
  label: string;
  head: T;
  tail: T;
}

/** What marks are. */
export interface Ends<T> {
  isMark(value: unknown): value is T;
  keyOf(mark: T): string;
  signature(mark: T): string;
  /** The marks of a suggestion and the relations between them, as it gives them; null for one that is no such value. */
  suggested(suggestion: Suggestion): { marks: readonly unknown[]; relations: readonly Relation[] } | null;
  /** Marks with further ones at their places. */
  grown(marks: T[], more: readonly T[]): T[];
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

export const withoutLink = <T>(graph: Linked<T>, key: string): Linked<T> => ({ ...graph, relations: graph.relations.filter((r) => linkKey(r) !== key) });

/** What can be done with relations between marks of one sort. */
export function linksBetween<T extends Region>({ isMark, keyOf, signature, suggested, grown }: Ends<T>) {
  type Graph = Linked<T>;
  const known = new WeakMap<T[], { ids: Map<string | undefined, T>; signatures: Map<string, T> }>();
  const orderOf = (graph: Graph) => new Map(graph.spans.map((mark, i) => [keyOf(mark), i]));

  /** The graph with an id on every mark that a new relation is to end at. */
  const named = (graph: Graph, keys: readonly string[]): Graph => ({ ...graph, spans: graph.spans.map((mark) => (mark.id === undefined && keys.includes(keyOf(mark)) ? { ...mark, id: keyOf(mark) } : mark)) });

  /** All relations, those of one chain type redrawn as links from each mark to the next. */
  const chained = (graph: Graph, label: string): Relation[] => {
    const order = orderOf(graph);
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
  };

  /** The graph with one more relation between two of its marks (by key); the same graph if it is there. */
  const withLink = (graph: Graph, types: readonly LinkType[], link: Relation): Graph => {
    const type = typeOf(types, link.label);
    const order = orderOf(graph);
    if (link.head === link.tail || !order.has(link.head) || !order.has(link.tail)) return graph;
    const turned = type.kind !== "directed" && order.get(link.tail)! < order.get(link.head)!;
    const one = turned ? { ...link, head: link.tail, tail: link.head } : link;
    if (graph.relations.some((r) => linkKey(r) === linkKey(one))) return graph;
    const next = named({ ...graph, relations: [...graph.relations, one] }, [one.head, one.tail]);
    return type.kind === "chain" ? { ...next, relations: chained(next, link.label) } : next;
  };

  /** The graph with other marks. Relations go with their ends; a chain closes where one of its marks is taken out of the middle. */
  const withMarks = (graph: Graph, types: readonly LinkType[], marks: T[]): Graph => {
    const labels = new Map(marks.map((mark) => [keyOf(mark), mark.label]));
    const gone = graph.spans.map(keyOf).filter((key) => !labels.has(key));
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
    return { spans: marks, relations: relations.filter((r) => fits(typeOf(types, r.label), labels.get(r.head)!, labels.get(r.tail)!)) };
  };

  /** The relations of a suggestion as parts; `parts` are those of its marks. */
  const linkParts = (suggestion: Suggestion, parts: readonly RegionPart<T>[]): (SuggestionPart & { part: LinkPart<T> })[] => {
    const given = suggested(suggestion);
    if (!given || given.relations.length === 0) return [];
    const byKey = new Map(parts.map((part) => [part.key, part.part]));
    const byId = new Map(given.marks.flatMap((mark, i) => (isMark(mark) ? [[keyOf(mark), byKey.get(`${suggestion.id}:${i}`)] as const] : [])));
    return given.relations.flatMap((relation, i) => {
      const [head, tail] = [byId.get(relation.head), byId.get(relation.tail)];
      if (!head || !tail) return [];
      const own = (relation as { score?: unknown }).score;
      return [{ key: `${suggestion.id}:r${i}`, score: typeof own === "number" ? own : suggestion.score, title: relation.label, part: { label: relation.label, head, tail } }];
    });
  };

  const isLinkPart = (part: unknown): part is LinkPart<T> => typeof part === "object" && part !== null && "head" in part && isMark((part as LinkPart<T>).head) && isMark((part as LinkPart<T>).tail);

  /** The mark of the graph that a part stands for: under the part's own id, or an equal one. */
  const standing = (graph: Graph, part: T): T | undefined => {
    let held = known.get(graph.spans);
    if (!held) known.set(graph.spans, (held = { ids: new Map(graph.spans.map((s) => [s.id, s])), signatures: new Map(graph.spans.map((s) => [signature(s), s])) }));
    return (part.id === undefined ? undefined : held.ids.get(part.id)) ?? held.signatures.get(signature(part));
  };

  /** Whether the graph holds a suggested relation already, between the same marks or equal ones. */
  const holdsLink = (graph: Graph, part: LinkPart<T>, types: readonly LinkType[]): boolean => {
    const [head, tail] = [standing(graph, part.head), standing(graph, part.tail)];
    if (!head || !tail) return false;
    const kind = typeOf(types, part.label).kind;
    if (kind === "chain") return together(graph.relations, part.label, keyOf(head), keyOf(tail));
    const same = (r: Relation) => r.label === part.label && ((r.head === keyOf(head) && r.tail === keyOf(tail)) || (kind === "undirected" && r.head === keyOf(tail) && r.tail === keyOf(head)));
    return graph.relations.some(same);
  };

  /** The graph after accepting a suggested relation; its ends come with it. */
  const withLinkPart = (graph: Graph, types: readonly LinkType[], part: LinkPart<T>): Graph => {
    if (holdsLink(graph, part, types)) return graph;
    const missing = [part.head, part.tail].filter((mark) => !standing(graph, mark));
    const all = missing.length > 0 ? { ...graph, spans: grown(graph.spans, missing) } : graph;
    return withLink(all, types, { head: keyOf(standing(all, part.head)!), tail: keyOf(standing(all, part.tail)!), label: part.label });
  };

  return { keyOf, withLink, withMarks, linkParts, isLinkPart, standing, holdsLink, withLinkPart };
}

export type Links<T extends Region> = ReturnType<typeof linksBetween<T>>;

function together(relations: readonly Relation[], label: string, a: string, b: string): boolean {
  const seen = new Set([a]);
  const open = [a];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const r of relations) {
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
