/** A document as people look at it: bar, small pages, pages, and what lies over them. */
import type { ReactNode } from "react";
import type { Size } from "../../lib/geometry";
import { ErrorNote, Skeleton } from "../../ui";
import { PageBar } from "./PageBar";
import css from "./pages.module.css";
import { PageStack } from "./PageStack";
import { Thumbs } from "./Thumbs";
import type { Viewer } from "./viewer";

export interface PageFrameProps {
  viewer: Viewer;
  name: string;
  /** Further controls in the bar. */
  tools?: ReactNode;
  /** Beside the number of a small page. */
  mark?(page: number): ReactNode;
  layer?(page: number, size: Size, scale: number): ReactNode;
}

export function PageFrame({ viewer, name, tools, mark, layer }: PageFrameProps) {
  if (viewer.error) return <div className={css.note}><ErrorNote error={viewer.error} onRetry={viewer.retry} /></div>;
  return (
    <div className={css.frame}>
      <PageBar viewer={viewer}>{tools}</PageBar>
      <div className={css.body}>
        {viewer.thumbs && viewer.sizes.length > 1 ? <Thumbs viewer={viewer} mark={mark} /> : null}
        {viewer.loading ? <div className={css.note}><Skeleton width={420} height={560} /></div> : null}
        {viewer.sizes.length > 0 ? (
          <PageStack
            viewer={viewer} name={name}
            layer={(page, size, scale) => (
              <>
                <HitLayer viewer={viewer} page={page} scale={scale} />
                {layer?.(page, size, scale)}
              </>
            )}
          />
        ) : null}
      </div>
    </div>
  );
}

/** What was looked for, marked like with a pen. */
function HitLayer({ viewer, page, scale }: { viewer: Viewer; page: number; scale: number }) {
  const { hits, at } = viewer.search;
  const here = hits.map((hit, n) => ({ hit, n })).filter(({ hit }) => hit.page === page);
  if (here.length === 0) return null;
  return (
    <div className={css.hits} aria-hidden>
      {here.flatMap(({ hit, n }) => hit.places.map(([x, y, w, h], i) => (
        <i key={`${n}:${i}`} data-now={n === at || undefined} style={{ left: x * scale - 1, top: y * scale - 1, width: w * scale + 2, height: h * scale + 2 }} />
      )))}
    </div>
  );
}
