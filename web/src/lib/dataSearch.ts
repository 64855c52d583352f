/** The filters of the data page as search parameters: what the address holds, what the server is asked. */
import type { Status } from "../api/types";

export const STATUSES: readonly Status[] = ["new", "open", "done", "skipped", "aside"];
/** Without items that are set aside for everybody, which exports of labels leave out. */
export const ASKED: readonly Status[] = STATUSES.filter((status) => status !== "aside");
export const SORTS = ["ord", "-ord", "confidence", "-confidence", "updated", "-updated", "random"] as const;
export const HAS = ["answer", "suggestion", "comment"] as const;
export type Sort = (typeof SORTS)[number];
export type Has = (typeof HAS)[number];

type MetaKey = `meta.${string}`;

/** Flat, so that the address stays readable. `label` and `suggested` are "question:label". */
export interface Filters {
  q?: string;
  /** Comma-separated. */
  status?: string;
  flagged?: "1";
  label?: string;
  suggested?: string;
  author?: string;
  min_score?: number;
  max_score?: number;
  has?: Has;
  [meta: MetaKey]: string | undefined;
}

export interface DataSearch extends Filters {
  sort?: Sort;
  view?: "grid";
  /** The item whose details are open. */
  item?: number;
  /** Show items like this one, or like this phrase. */
  similar?: number;
  phrase?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value);
}

function share(value: unknown): number | undefined {
  const number = value === undefined || value === "" ? NaN : Number(value);
  return number >= 0 && number <= 1 ? number : undefined;
}

function id(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function statuses(value: unknown): string | undefined {
  const asked = typeof value === "string" ? value.split(",") : [];
  const known = STATUSES.filter((status) => asked.includes(status));
  return known.length === 0 || known.length === STATUSES.length ? undefined : known.join(",");
}

function metaOf(raw: Record<string, unknown>): Pick<Filters, MetaKey> {
  const named = Object.entries(raw).filter(([name, value]) => /^meta\..+/.test(name) && text(value) !== undefined);
  return Object.fromEntries(named) as Pick<Filters, MetaKey>;
}

/** Drops whatever is not understood, so that an old or mistyped address still opens the page. */
export function validateDataSearch(raw: Record<string, unknown>): DataSearch {
  const search: DataSearch = {
    q: text(raw.q),
    status: statuses(raw.status),
    flagged: raw.flagged === "1" ? "1" : undefined,
    label: text(raw.label),
    suggested: text(raw.suggested),
    author: text(raw.author),
    min_score: share(raw.min_score),
    max_score: share(raw.max_score),
    has: oneOf(raw.has, HAS),
    sort: oneOf(raw.sort, SORTS),
    view: raw.view === "grid" ? "grid" : undefined,
    item: id(raw.item),
    similar: id(raw.similar),
    phrase: text(raw.phrase),
    ...metaOf(raw),
  };
  return compactSearch(search);
}

export function compactSearch<T extends object>(search: T): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;
}

/** Only the part that chooses items: no sort, no view, no open item. */
export function filtersOf(search: DataSearch): Filters {
  const { sort: _sort, view: _view, item: _item, similar: _similar, phrase: _phrase, ...filters } = search;
  return compactSearch(filters);
}

/** How many filters are set; a confidence range counts once. */
export function countFilters(filters: Filters): number {
  const names = Object.keys(compactSearch(filters));
  const both = filters.min_score !== undefined && filters.max_score !== undefined;
  return names.length - (both ? 1 : 0);
}

/** "topic:billing: late" -> ["topic", "billing: late"]; a question name holds no colon. */
export function splitPair(pair: string): [string, string] {
  const at = pair.indexOf(":");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}
