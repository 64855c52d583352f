/** The rows of the grid: pages fetched as they come into view, or one list of similar items. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { api, type Query } from "../../api/client";
import { itemsQuery } from "../../api/queries";
import type { GridRow, Page } from "../../api/types";
import { filtersOf, type DataSearch } from "../../lib/dataSearch";
import { pagesOf, type RowRange } from "../../lib/rowWindow";

export const PAGE = 100;

export interface Rows {
  total: number;
  row(at: number): GridRow | undefined;
  loading: boolean;
  fetching: boolean;
  error: unknown;
  again(): void;
  /** Tells which rows are on the screen. */
  want(range: RowRange): void;
}

/** What the server is asked, without the page. */
export function rowsQuery(search: DataSearch): Query {
  return { ...(filtersOf(search) as Query), sort: search.sort };
}

export function useRows(project: number, search: DataSearch): Rows {
  const near = search.similar !== undefined || search.phrase !== undefined;
  const paged = usePages(project, search, !near);
  const similar = useSimilar(project, search, near);
  return near ? similar : paged;
}

function usePages(project: number, search: DataSearch, enabled: boolean): Rows {
  const [wanted, setWanted] = useState<number[]>([]);
  // The first page stays, so that the total is known while others are on their way.
  const pages = [...new Set([0, ...wanted])];
  const query = rowsQuery(search);
  const results = useQueries({
    queries: pages.map((page) => ({
      ...itemsQuery(project, { ...query, offset: page * PAGE, limit: PAGE }),
      enabled,
      placeholderData: page === 0 ? keepPreviousData : undefined,
    })),
  });
  const held = new Map(pages.map((page, at) => [page, results[at]?.data]));
  const known = results[0]?.data;
  const want = useCallback((range: RowRange) => {
    const next = pagesOf(range, PAGE);
    if (next.length === 0) return;
    setWanted((now) => (now.join() === next.join() ? now : next));
  }, []);
  return {
    total: known?.total ?? 0,
    row: (at) => held.get(Math.floor(at / PAGE))?.rows[at % PAGE],
    loading: known === undefined && results.some((result) => result.isPending),
    fetching: results.some((result) => result.isFetching),
    error: results.find((result) => result.error)?.error ?? null,
    again: () => results.forEach((result) => void result.refetch()),
    want,
  };
}

function useSimilar(project: number, { similar, phrase }: DataSearch, enabled: boolean): Rows {
  const query = similar !== undefined ? { item: similar, limit: 200 } : { text: phrase, limit: 200 };
  const result = useQuery({
    queryKey: ["items", project, "similar", query],
    queryFn: ({ signal }) => api.get<Page<GridRow>>(`/projects/${project}/similar`, query, signal),
    enabled,
  });
  return {
    total: result.data?.rows.length ?? 0,
    row: (at) => result.data?.rows[at],
    loading: result.isPending,
    fetching: result.isFetching,
    error: result.error,
    again: () => void result.refetch(),
    want: nothing,
  };
}

function nothing(): void {
  // All similar items come in one answer; nothing is left to fetch.
}
