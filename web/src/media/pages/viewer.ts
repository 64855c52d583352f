/**
 * How a document is looked at: which page, how large, what is searched. It stands alone because the pages, the bar over them, the
 * thumbnails and the keys of a widget all turn the same knobs.
 */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState, type RefObject } from "react";
import { findQuery, pagesQuery, type Asker } from "../../api/documentQueries";
import type { MediaValue, TextHit } from "../../api/types";
import type { Size } from "../../lib/geometry";
import { sizesOf, type Place } from "../../lib/pages";

/** Pixels a point, or as wide as there is room. */
export type Zoom = number | "width";

/** What can be asked of the pages while they are on the screen. */
export interface PagesHandle {
  /** Scrolls to a page, or to a place on it. */
  reveal(page: number, place?: Place): void;
  /** The present number of pixels a point. */
  scale(): number;
  /** The middle of what is seen, as a place on the page there. */
  centre(): { page: number; x: number; y: number };
}

export interface Viewer {
  media: number;
  asker: Asker | null;
  sizes: readonly Size[];
  loading: boolean;
  error: unknown;
  /** Not there where the file itself is at fault. */
  retry: (() => void) | undefined;
  page: number;
  setPage(page: number): void;
  zoom: Zoom;
  setZoom(zoom: Zoom): void;
  zoomBy(factor: number): void;
  thumbs: boolean;
  setThumbs(on: boolean): void;
  step(by: number): void;
  go(page: number, place?: Place): void;
  search: Search;
  handle: RefObject<PagesHandle | null>;
  finder: RefObject<HTMLInputElement | null>;
}

export interface Search {
  typed: string;
  type(text: string): void;
  hits: readonly TextHit[];
  at: number;
  busy: boolean;
  /** Asked for, and answered. */
  done: boolean;
  error: unknown;
  /** The next hit, or the search itself where the text is new. */
  next(by: 1 | -1): void;
  clear(): void;
}

const SMALLEST = 0.1;
const LARGEST = 6;
const WIDE = 1200;
const NO_SIZES: readonly Size[] = [];
const NO_HITS: readonly TextHit[] = [];

export function useViewer(value: MediaValue, asker: Asker | null): Viewer {
  const pages = useQuery({ ...pagesQuery(value.media), enabled: !value.error });
  const sizes = useMemo(() => (pages.data ? sizesOf(pages.data.sizes) : NO_SIZES), [pages.data]);
  const [page, setPage] = useState(0);
  const [zoom, setZoom] = useState<Zoom>("width");
  const [thumbs, setThumbs] = useState<boolean | null>(null);
  const handle = useRef<PagesHandle>(null);
  const finder = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(value.media);
  const go = (to: number, place?: Place) => handle.current?.reveal(Math.max(0, Math.min(sizes.length - 1, to)), place);
  const search = useSearch(value.media, asker, go);
  if (shown !== value.media) {
    // The next item's document: from its beginning, at the same zoom.
    setShown(value.media);
    setPage(0);
    search.clear();
  }
  return {
    media: value.media, asker, sizes, loading: pages.isPending && !value.error, error: value.error ? new Error(value.error) : pages.error, retry: value.error ? undefined : () => void pages.refetch(),
    page, setPage, zoom, setZoom, zoomBy: (factor) => setZoom(Math.min(LARGEST, Math.max(SMALLEST, (handle.current?.scale() ?? 1) * factor))),
    thumbs: thumbs ?? (sizes.length > 1 && window.innerWidth >= WIDE), setThumbs, step: (by) => go(page + by), go, search, handle, finder,
  };
}

function useSearch(media: number, asker: Asker | null, go: Viewer["go"]): Search {
  const [typed, type] = useState("");
  const [asked, ask] = useState("");
  const [at, setAt] = useState(0);
  const found = useQuery(findQuery(media, asked, asker));
  const hits = found.data ?? NO_HITS;
  const show = (to: number) => {
    setAt(to);
    const hit = hits[to];
    const place = hit?.places[0];
    if (hit) go(hit.page, place ? { page: hit.page, x: place[0], y: place[1], w: place[2], h: place[3] } : undefined);
  };
  return {
    typed, type, hits, at, busy: found.isFetching, done: asked !== "" && found.isSuccess, error: found.error,
    next: (by) => {
      const wanted = typed.trim();
      if (wanted !== asked) {
        ask(wanted);
        setAt(-1);
      } else if (hits.length > 0) show((at + by + hits.length) % hits.length);
    },
    clear: () => {
      type("");
      ask("");
    },
  };
}
