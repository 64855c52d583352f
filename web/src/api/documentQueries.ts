/** Pages of documents, their words, and where a text stands, as cacheable queries. What a file holds never changes under its number. */
import { queryOptions } from "@tanstack/react-query";
import type { Word } from "../lib/pages";
import { api, apiUrl } from "./client";
import type { PageRuns, PageWords, TextHit } from "./types";

/** A page as a picture, at `scale` pixels a point. */
export const pageUrl = (media: number, page: number, scale: number): string => apiUrl(`/media/${media}/pages/${page}`, { scale });

export const pagesQuery = (media: number) =>
  queryOptions({
    queryKey: ["document", media, "pages"],
    queryFn: () => api.get<PageRuns>(`/media/${media}/pages`),
    staleTime: Infinity,
    retry: false,
  });

/** Where the words of a page are asked for: with an item, a machine may read them from the picture. */
export interface Asker {
  project: number;
  item: number;
  field: string;
}

export const wordsQuery = (media: number, page: number, asker: Asker | null) =>
  queryOptions({
    queryKey: ["document", media, "words", page, asker?.item ?? null],
    queryFn: async (): Promise<PageWords> => {
      const own = await api.get<PageWords>(`/media/${media}/pages/${page}/words`);
      if (own.state !== "scan" || asker === null) return own;
      return api.get<PageWords>(`/projects/${asker.project}/items/${asker.item}/words`, { field: asker.field, page });
    },
    staleTime: Infinity,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.state === "reading" ? 1000 : false),
  });

/** With an item, what a machine has read from pictures of pages is looked through as well: that may be more a moment later. */
export const findQuery = (media: number, text: string, asker: Asker | null) =>
  queryOptions({
    queryKey: ["document", media, "find", text, asker?.item ?? null],
    queryFn: async () => {
      const found = asker
        ? api.get<{ hits: TextHit[] }>(`/projects/${asker.project}/items/${asker.item}/find`, { text, field: asker.field })
        : api.get<{ hits: TextHit[] }>(`/media/${media}/find`, { text });
      return (await found).hits;
    },
    enabled: text.trim() !== "",
    staleTime: 10_000,
    retry: false,
  });

export const NO_WORDS: readonly Word[] = [];
