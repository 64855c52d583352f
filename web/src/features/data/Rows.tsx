/** The list itself: a table or a grid of cards, of which only the visible part exists. */
import { Checkbox } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconCheck } from "@tabler/icons-react";
import { memo, useEffect, useLayoutEffect, useMemo, useState, type CSSProperties, type KeyboardEvent, type MouseEvent } from "react";
import type { GridRow, Project } from "../../api/types";
import { Skeleton } from "../../ui";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";
import { Answers, hasPictures, labelBook, pictureOf, SuggestionChip, textOf, Thumb, type LabelBook } from "./RowParts";
import { StatusMark } from "./StatusMark";
import type { Rows as RowSource } from "./useRows";
import { useWindow } from "./useWindow";

const ROW = 56;
const CARD = { width: 210, text: 168, picture: 216, gap: 10 };

export interface RowsProps {
  project: Project;
  rows: RowSource;
  grid: boolean;
  current: number | null;
  /** Place of the row that has the keyboard. */
  cursor: number;
  selected(id: number): boolean;
  onSelect(row: GridRow, at: number, how: "one" | "range"): void;
  onOpen(row: GridRow, at: number): void;
  onCursor(at: number): void;
  /** Changes when the list is another one: scroll back to its start. */
  listKey: string;
  all: "none" | "some" | "all";
  onAll(): void;
}

export function Rows(props: RowsProps) {
  const { project, rows, grid, cursor, listKey, onCursor, onOpen, onSelect } = props;
  const { ref: sizeRef, width, height } = useElementSize();
  const pictures = hasPictures(project.spec.fields);
  const columns = grid ? Math.max(1, Math.floor((width - CARD.gap) / (CARD.width + CARD.gap))) : 1;
  const rowHeight = grid ? (pictures ? CARD.picture : CARD.text) + CARD.gap : ROW;
  const view = useWindow(Math.ceil(rows.total / columns), rowHeight, height || 600);
  const book = useMemo(() => labelBook(project), [project]);
  const first = view.range.first * columns;
  const end = Math.min(rows.total, view.range.end * columns);
  const { want } = rows;
  useEffect(() => want({ first, end: Math.max(end, 1) }), [want, first, end]);
  const [scrollBar, setScrollBar] = useState(0);
  useLayoutEffect(() => {
    const element = view.ref.current;
    if (element) setScrollBar(element.offsetWidth - element.clientWidth);
  }, [view.ref, width, rows.total]);
  const { toStart } = view;
  // Only another list scrolls back; the window object itself is new at each render.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useEffect(() => toStart(), [listKey]);
  const key = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const steps: Record<string, number> = {
      ArrowDown: columns, ArrowUp: -columns, ArrowRight: grid ? 1 : 0, ArrowLeft: grid ? -1 : 0,
      PageDown: Math.floor(height / rowHeight) * columns, PageUp: -Math.floor(height / rowHeight) * columns,
      Home: -rows.total, End: rows.total,
    };
    const row = rows.row(cursor);
    const step = steps[event.key];
    if (step) {
      const next = Math.min(rows.total - 1, Math.max(0, cursor + step));
      onCursor(next);
      view.reveal(Math.floor(next / columns));
      if (event.shiftKey) {
        const target = rows.row(next);
        if (target) onSelect(target, next, "range");
      }
    } else if (event.key === "Enter" && row) onOpen(row, cursor);
    else if ((event.key === " " || event.key === "x") && row) onSelect(row, cursor, event.shiftKey ? "range" : "one");
    else return;
    event.preventDefault();
  };
  const places = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
  const room = width - scrollBar;
  const cell = grid ? (room - CARD.gap * (columns + 1)) / columns : room;
  return (
    <div ref={sizeRef} className={layout.grow} style={{ minHeight: 0, display: "flex", flexDirection: "column" }}>
      {grid || rows.total === 0 ? null : <RowsHead pictures={pictures} all={props.all} gap={scrollBar} onAll={props.onAll} />}
      <div
        ref={view.ref} className={css.rows} role="listbox" tabIndex={0} aria-label="Items" aria-multiselectable="true" onKeyDown={key}
        aria-activedescendant={rows.row(cursor) ? `row-${cursor}` : undefined}
      >
        <div className={css.track} style={{ height: view.track + (grid ? CARD.gap : 0) }} role="presentation">
          {places.map((at) => {
            const top = view.top(Math.floor(at / columns)) + (grid ? CARD.gap : 0);
            const left = grid ? CARD.gap + (at % columns) * (cell + CARD.gap) : undefined;
            const size = { width: grid ? cell : undefined, height: grid ? rowHeight - CARD.gap : ROW };
            return <Place key={at} {...props} {...size} at={at} row={rows.row(at)} top={top} left={left} book={book} pictures={pictures} />;
          })}
        </div>
      </div>
    </div>
  );
}

interface PlaceProps extends RowsProps {
  at: number;
  row: GridRow | undefined;
  top: number;
  left: number | undefined;
  width: number | undefined;
  height: number;
  book: LabelBook;
  pictures: boolean;
}

/** Remembered: while the list scrolls, rows that stay where they are need no work. */
const Place = memo(function Place(props: PlaceProps) {
  const { at, row, top, left, width, height, book, pictures, project, grid, current, cursor, rows, selected, onSelect, onOpen } = props;
  const style = { top, left, width, height };
  if (row === undefined) {
    return (
      <div className={grid ? css.card : css.row} style={grid ? style : { ...style, ...columnsStyle(pictures) }} aria-hidden>
        <Skeleton width={16} height={16} />
        <Skeleton width={40} />
        <Skeleton width="70%" />
      </div>
    );
  }
  const on = selected(row.id);
  const click = (event: MouseEvent) => {
    if (event.shiftKey) onSelect(row, at, "range");
    else if (event.ctrlKey || event.metaKey) onSelect(row, at, "one");
    else onOpen(row, at);
  };
  const shared = {
    id: `row-${at}`, role: "option", "aria-selected": on, "aria-setsize": rows.total, "aria-posinset": at + 1,
    "data-current": current === row.id || undefined, "data-cursor": cursor === at || undefined, onClick: click, onMouseDown: keepText,
  } as const;
  const box = (
    <span
      className={css.tick} data-on={on || undefined} aria-hidden
      onClick={(event) => {
        event.stopPropagation();
        onSelect(row, at, event.shiftKey ? "range" : "one");
      }}
    >
      <i>{on ? <IconCheck size={12} stroke={3} /> : null}</i>
    </span>
  );
  const picture = pictureOf(row, project.spec.fields);
  const text = textOf(row, project.spec.fields);
  if (grid) {
    return (
      <div {...shared} className={css.card} style={style}>
        {picture ? <Thumb media={picture} size={256} /> : <div className={css.text} dir="auto">{text}</div>}
        <Answers row={row} book={book} />
        <footer>
          {box}
          <span className="mono dim">{row.ord}</span>
          <span className={layout.grow} />
          {row.n_answers > 0 ? <StatusMark status={row.status} /> : (row.suggestion ? <SuggestionChip row={row} book={book} /> : <StatusMark status={row.status} />)}
        </footer>
      </div>
    );
  }
  return (
    <div {...shared} className={css.row} style={{ ...style, ...columnsStyle(pictures) }}>
      {box}
      <div className="mono dim">{row.ord}</div>
      {pictures ? <div>{picture ? <Thumb media={picture} size={96} className={css.thumb} /> : null}</div> : null}
      <div className={css.text} dir="auto">
        {text || picture?.name}
      </div>
      <StatusMark status={row.status} />
      <Answers row={row} book={book} />
      <div className={css.chips}>
        <SuggestionChip row={row} book={book} />
        {row.similarity === undefined || row.similarity === null ? null : <span className="mono dim">{row.similarity.toFixed(2)}</span>}
      </div>
    </div>
  );
});

/** Shift+click reaches over rows; it must not mark their text as well. */
function keepText(event: MouseEvent) {
  if (event.shiftKey) event.preventDefault();
}

function columnsStyle(pictures: boolean): CSSProperties {
  return { gridTemplateColumns: `16px 52px ${pictures ? "44px " : ""}minmax(0, 1fr) 76px minmax(90px, 20%) minmax(90px, 20%)` };
}

interface RowsHeadProps extends Pick<RowsProps, "all" | "onAll"> {
  pictures: boolean;
  /** Width of the scroll bar that the rows have and the head has not. */
  gap: number;
}

/** The head of the table; the same columns as the rows. */
function RowsHead({ pictures, all, gap, onAll }: RowsHeadProps) {
  return (
    <div className={css.head} style={{ ...columnsStyle(pictures), paddingRight: 12 + gap }}>
      <Checkbox size="xs" aria-label="Select all that match" checked={all === "all"} indeterminate={all === "some"} onChange={onAll} />
      <span>No.</span>
      {pictures ? <span /> : null}
      <span>Item</span>
      <span>Status</span>
      <span>Answers</span>
      <span>Suggestion</span>
    </div>
  );
}
