/** What can be done with a document in a line over it: turn pages, zoom, look for words, show small pages. */
import { IconArrowAutofitWidth, IconChevronDown, IconChevronUp, IconLayoutSidebar, IconMinus, IconPlus, IconSearch, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { errorText } from "../../api/client";
import { IconButton } from "../../ui";
import { count } from "../../ui/format";
import css from "./pages.module.css";
import type { Viewer } from "./viewer";

export function PageBar({ viewer, children }: { viewer: Viewer; children?: ReactNode }) {
  const { sizes, page, step } = viewer;
  return (
    <div className={css.bar} role="toolbar" aria-label="Pages">
      {sizes.length > 1 ? (
        <>
          <IconButton size="small" label="Small pages at the side (M)" aria-pressed={viewer.thumbs} onClick={() => viewer.setThumbs(!viewer.thumbs)}><IconLayoutSidebar size={16} /></IconButton>
          <IconButton size="small" label="Previous page (Page Up)" disabled={page === 0} onClick={() => step(-1)}><IconChevronUp size={16} /></IconButton>
          <span className={css.where} role="status"><span className="visually-hidden">Page </span>{page + 1} <small>/ {count(sizes.length)}</small></span>
          <IconButton size="small" label="Next page (Page Down)" disabled={page >= sizes.length - 1} onClick={() => step(1)}><IconChevronDown size={16} /></IconButton>
        </>
      ) : null}
      <IconButton size="small" label="Smaller (-)" onClick={() => viewer.zoomBy(1 / 1.25)}><IconMinus size={16} /></IconButton>
      <IconButton size="small" label="As wide as there is room (Z)" aria-pressed={viewer.zoom === "width"} onClick={() => viewer.setZoom("width")}><IconArrowAutofitWidth size={16} /></IconButton>
      <IconButton size="small" label="Larger (=)" onClick={() => viewer.zoomBy(1.25)}><IconPlus size={16} /></IconButton>
      <Finder viewer={viewer} />
      {children}
    </div>
  );
}

function Finder({ viewer }: { viewer: Viewer }) {
  const { search } = viewer;
  return (
    <form
      className={css.finder} role="search"
      onSubmit={(event) => {
        event.preventDefault();
        search.next(1);
      }}
    >
      <IconSearch size={14} aria-hidden />
      <input
        ref={viewer.finder} value={search.typed} placeholder="Find in the document" aria-label="Find in the document. Enter goes on, Escape ends." spellCheck={false} autoComplete="off"
        onChange={(event) => search.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && event.shiftKey) {
            event.preventDefault();
            search.next(-1);
          } else if (event.key === "Escape") {
            event.stopPropagation();
            search.clear();
            event.currentTarget.blur();
          }
        }}
      />
      <output>{foundWords(viewer)}</output>
      {search.typed ? <IconButton size="small" label="End the search" onClick={search.clear}><IconX size={14} /></IconButton> : null}
    </form>
  );
}

function foundWords({ search }: Viewer): string {
  if (search.busy) return "…";
  if (search.error) return errorText(search.error);
  if (!search.done) return "";
  if (search.hits.length === 0) return "not found";
  return search.at < 0 ? `${count(search.hits.length)} found` : `${search.at + 1} of ${count(search.hits.length)}`;
}
