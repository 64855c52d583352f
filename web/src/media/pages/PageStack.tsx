/** The pages of a document one under another. Only those near the window are there, so that 300 pages scroll as lightly as three. */
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { pageUrl } from "../../api/documentQueries";
import type { Size } from "../../lib/geometry";
import { between, drawnAt, layout, pageAt, type Place } from "../../lib/pages";
import css from "./pages.module.css";
import type { Viewer } from "./viewer";

const GAP = 14;
const SIDE = 20;
/** Windows above and below in which pages are kept ready. */
const AHEAD = 0.75;

export interface PageStackProps {
  viewer: Viewer;
  name: string;
  /** What lies over a page. */
  layer?(page: number, size: Size, scale: number): ReactNode;
}

export function PageStack({ viewer, name, layer }: PageStackProps) {
  const { sizes, media, zoom, handle } = viewer;
  const host = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ w: 0, h: 0 });
  const [top, setTop] = useState(0);
  const widest = sizes.reduce((w, size) => Math.max(w, size.w), 1);
  const scale = zoom === "width" ? Math.max(0.05, Math.min(4, (room.w - 2 * SIDE) / widest)) : zoom;
  const { tops, total } = layout(sizes, scale, GAP);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const measure = () => setRoom({ w: element.clientWidth, h: element.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useAnchor(host, room.w > 0 ? scale : 0, tops, sizes, media);
  useImperativeHandle(handle, () => ({
    scale: () => scale,
    reveal: (page, place) => {
      const element = host.current;
      const start = tops[page];
      if (!element || start === undefined) return;
      const y = place ? start + (place.y + place.h / 2) * scale : start - GAP;
      const seen = place && y > element.scrollTop + 24 && y < element.scrollTop + element.clientHeight - 24;
      if (!seen) element.scrollTo({ top: place ? y - element.clientHeight / 2 : y });
    },
    centre: () => {
      const y = (host.current?.scrollTop ?? 0) + room.h / 2;
      const page = pageAt(tops, y);
      return { page, x: (sizes[page]?.w ?? 0) / 2, y: Math.max(0, Math.min(sizes[page]?.h ?? 0, (y - (tops[page] ?? 0)) / scale)) };
    },
  }));
  const [first, last] = between(tops, top - room.h * AHEAD, top + room.h * (1 + AHEAD));
  const current = pageAt(tops, top + room.h / 3);
  const tell = viewer.setPage;
  useEffect(() => tell(current), [current, tell]);
  const sharp = drawnAt(scale * Math.min(2, window.devicePixelRatio || 1));
  return (
    <div ref={host} className={css.stack} onScroll={(event) => setTop(event.currentTarget.scrollTop)} data-pages={sizes.length}>
      {room.w === 0 ? null : (
        <div className={css.roll} style={{ height: total, minWidth: widest * scale + 2 * SIDE }}>
          {sizes.slice(first, last + 1).map((size, k) => {
            const page = first + k;
            return (
              <div
                key={page} className={css.page} data-page={page} data-mantine-color-scheme="light"
                style={{ top: tops[page], width: size.w * scale, height: size.h * scale, marginInlineStart: (-size.w * scale) / 2 }}
              >
                <PagePicture key={media} url={pageUrl(media, page, sharp)} title={`${name}, page ${page + 1} of ${sizes.length}`} />
                {layer?.(page, size, scale)}
              </div>
            );
          })}
        </div>
      )}
    </div>
  );
}

/** The last picture stays until a sharper one is there. */
function PagePicture({ url, title }: { url: string; title: string }) {
  const [shown, setShown] = useState(url);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  return (
    <>
      <img className={css.picture} src={shown} alt={title} draggable={false} onLoad={() => setState("ready")} onError={() => setState("failed")} />
      {url === shown ? null : <img className={css.next} src={url} alt="" aria-hidden onLoad={() => setShown(url)} onError={() => setShown(url)} />}
      {state === "failed" ? <p className={css.failed}>This page could not be drawn.</p> : null}
    </>
  );
}

/** Keeps what is in the middle of the window there when the zoom changes (0: not known yet); a new document begins at its top. */
function useAnchor(host: { current: HTMLDivElement | null }, scale: number, tops: readonly number[], sizes: readonly Size[], media: number): void {
  const last = useRef({ scale, tops, media });
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { scale, tops, media };
    const element = host.current;
    if (!element) return;
    if (before.media !== media) {
      element.scrollTo({ top: 0 });
      return;
    }
    if (before.scale === scale || before.scale === 0 || before.tops.length !== tops.length || tops.length === 0) return;
    const middle = element.scrollTop + element.clientHeight / 2;
    const page = pageAt(before.tops, middle);
    const share = (middle - before.tops[page]!) / Math.max(1, (sizes[page]?.h ?? 1) * before.scale);
    element.scrollTop = tops[page]! + share * (sizes[page]?.h ?? 1) * scale - element.clientHeight / 2;
  });
}

/** A place as another one sees it: at the same spot of the page. */
export const spot = (place: Place, scale: number) => ({ left: place.x * scale, top: place.y * scale, width: place.w * scale, height: place.h * scale });
