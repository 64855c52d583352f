/** The relations of a graph as they are drawn, and the suggested ones that wait for a decision. */
import type { Suggestion } from "../../api/types";
import type { Region, RegionPart } from "../regions/parts";
import { linkKey, typeOf, type Kind, type Linked, type LinkPart, type Links, type LinkType } from "./links";

/** A mark as it is drawn, as far as relations know it. */
export interface DrawnEnd {
  key: string;
  label: string;
  title: string;
  /** Set on a suggestion that waits for a decision. */
  suggested: { score: number | null; source: string } | null;
}

export interface Arc<D> {
  key: string;
  head: D;
  tail: D;
  label: string;
  title: string;
  color: string;
  kind: Kind;
  suggested: { score: number | null; source: string } | null;
}

export interface OpenLink<T, D> {
  key: string;
  part: LinkPart<T>;
  arc: Arc<D>;
}

export interface ArcsOf<T extends Region, D> {
  links: Links<T>;
  graph: Linked<T>;
  types: readonly LinkType[];
  drawn: readonly D[];
  suggestions: readonly Suggestion[];
  /** The marks of a suggestion as parts. */
  partsOf(suggestion: Suggestion): RegionPart<T>[];
  rejected: ReadonlySet<string>;
  minScore: number;
}

/** All arcs, and those of them that are suggested. */
export function arcsOf<T extends Region, D extends DrawnEnd>({ links, graph, types, drawn, suggestions, partsOf, rejected, minScore }: ArcsOf<T, D>): { arcs: Arc<D>[]; open: OpenLink<T, D>[] } {
  const byKey = new Map(drawn.map((one) => [one.key, one]));
  const looks = (label: string) => {
    const { title, color, kind } = typeOf(types, label);
    return { label, title, color, kind };
  };
  const arcs: Arc<D>[] = graph.relations.flatMap((link) => {
    const [head, tail] = [byKey.get(link.head), byKey.get(link.tail)];
    return head && tail ? [{ key: linkKey(link), head, tail, ...looks(link.label), suggested: null }] : [];
  });
  const place = (part: T): D | undefined => {
    const held = links.standing(graph, part);
    return byKey.get(held ? links.keyOf(held) : (part.id ?? ""));
  };
  const open: OpenLink<T, D>[] = [];
  for (const suggestion of suggestions) {
    if (rejected.has(String(suggestion.id))) continue;
    const source = suggestion.version ? `${suggestion.source} v${suggestion.version}` : suggestion.source;
    for (const { key, score, part } of links.linkParts(suggestion, partsOf(suggestion))) {
      if (rejected.has(key) || (score !== null && score < minScore) || links.holdsLink(graph, part, types)) continue;
      const [head, tail] = [place(part.head), place(part.tail)];
      if (head && tail) open.push({ key, part, arc: { key, head, tail, ...looks(part.label), suggested: { score, source } } });
    }
  }
  return { arcs: [...arcs, ...open.map((o) => o.arc)], open };
}
