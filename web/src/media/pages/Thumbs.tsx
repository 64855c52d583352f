/** The pages in small, one under another; only those in the window are there. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { pageUrl } from "../../api/documentQueries";
import css from "./pages.module.css";
import type { Viewer } from "./viewer";

const ROW = 138;
const TALL = 112;
const WIDE = 88;

export function Thumbs({ viewer, mark }: { viewer: Viewer; mark?(page: number): ReactNode }) {
  const { sizes, media, page } = viewer;
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, h: 800 });
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const at = page * ROW;
    if (at < element.scrollTop || at + ROW > element.scrollTop + element.clientHeight) element.scrollTo({ top: at - element.clientHeight / 2 + ROW / 2 });
    setView({ top: element.scrollTop, h: element.clientHeight || 800 });
  }, [page]);
  const first = Math.max(0, Math.floor(view.top / ROW) - 2);
  const last = Math.min(sizes.length - 1, Math.ceil((view.top + view.h) / ROW) + 2);
  return (
    <nav ref={host} className={css.thumbs} aria-label="Pages in small" onScroll={(event) => setView({ top: event.currentTarget.scrollTop, h: event.currentTarget.clientHeight })}>
      <div style={{ height: sizes.length * ROW }}>
        {sizes.slice(first, last + 1).map((size, k) => {
          const number = first + k;
          const scale = Math.min(WIDE / size.w, TALL / size.h);
          return (
            <button
              key={number} type="button" tabIndex={-1} className={css.thumb} aria-current={number === page || undefined} aria-label={`Page ${number + 1}`} style={{ top: number * ROW, height: ROW }}
              onMouseDown={(event) => event.preventDefault()} onClick={() => viewer.go(number)}
            >
              <img src={pageUrl(media, number, 0.2)} alt="" loading="lazy" draggable={false} style={{ width: size.w * scale, height: size.h * scale }} />
              <span>{number + 1}{mark?.(number)}</span>
            </button>
          );
        })}
      </div>
    </nav>
  );
}
