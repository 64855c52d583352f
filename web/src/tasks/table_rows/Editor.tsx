/** Rows of a document's table: pages above, the table below. A cell is typed in, or filled by a drag over the words that say it. */
import { IconArrowDown, IconArrowUp, IconRowInsertBottom, IconTableShortcut, IconTrash } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import type { Rect } from "../../lib/geometry";
import { around, placesOf, textOf, type Place, type Word } from "../../lib/pages";
import { MarkLayer, type PageMark } from "../../media/pages/MarkLayer";
import { PageFrame } from "../../media/pages/PageFrame";
import { useViewer } from "../../media/pages/viewer";
import { IconButton, Kbd, Note } from "../../ui";
import { andWords, fromWords, partsOf, typed, type Entry, type Part } from "../entries/entries";
import { Cap, labelCommandId } from "../keycaps";
import { useCommands } from "../labels/label-commands";
import { documentOf } from "../pages/document";
import { pageCommands } from "../pages/page-commands";
import type { Command, WidgetProps } from "../types";
import { rowsFromPage } from "./fromPage";
import { Grid } from "./Grid";
import { cellOf, cellsIn, emptyLine, filled, from, inserted, isBlank, lineKey, linesOf, moved, openRows, pasted, problemOf, removed, replaced, withCell, type Line, type Row } from "./rows";
import { Parted } from "./Parted";
import css from "./rows.module.css";

const NONE: Row[] = [];

export function Editor(props: WidgetProps<Row[]>) {
  const document = documentOf(props.question, props.fields, props.item);
  if (!document) return <Note tone="warn">This item has no document in “{props.question.field}”. Skip it (S), or flag it (F).</Note>;
  return <RowsEditor {...props} document={document} />;
}

/** Where one is. */
interface Spot {
  line: string;
  column: string;
  editing: boolean;
}

function RowsEditor(props: WidgetProps<Row[]> & { document: NonNullable<ReturnType<typeof documentOf>> }) {
  const { question, item, value: rows = NONE, onChange, onReject, onActivate, onComplete, readOnly, document, suggestions, rejected, minScore } = props;
  const viewer = useViewer(document.value, document.asker);
  const parts = partsOf(question);
  const [spot, setSpot] = useState<Spot | null>(null);
  const [hovered, hover] = useState<string | null>(null);
  const [boxing, setBoxing] = useState<"off" | "on" | "nothing found">("off");
  const [shownItem, setShownItem] = useState(item.id);
  if (shownItem !== item.id) {
    setShownItem(item.id);
    setSpot(null);
    hover(null);
    setBoxing("off");
  }
  const offers = useMemo(() => openRows(suggestions, rejected, minScore), [suggestions, rejected, minScore]);
  const drawn = useCallback((of: readonly Row[]) => [...linesOf(of, offers, partsOf(question).map((one) => one.name)), ...(readOnly ? [] : [emptyLine(of.length)])], [offers, question, readOnly]);
  const lines = useMemo(() => drawn(rows), [drawn, rows]);
  const line = (spot && lines.find((one) => lineKey(one) === spot.line)) ?? null;
  const part = (line && parts.find((one) => one.name === spot!.column)) ?? null;

  const put = (next: Row[], label: string, merge?: string) => onChange(next.length > 0 ? next : undefined, { label, ...(merge ? { merge } : {}) });
  const go = (to: string, column: string, editing = true) => setSpot({ line: to, column, editing });
  const choose = (to: Line, column: string, editing: boolean) => {
    go(lineKey(to), column, editing);
    const place = (to.row[column] ?? to.offer?.row[column])?.places?.[0] ?? placesIn(to)[0];
    if (place) viewer.go(place.page, place);
  };
  /** Puts a row in the place of a line. */
  const write = (at: Line, row: Row, label: string, merge?: string): Row[] => {
    from(at, row);
    const next = at.at === null ? inserted(rows, at.before, row) : replaced(rows, at.at, row);
    put(next, label, merge);
    return next;
  };
  const fillCell = (at: Line, of: Part, entry: Entry | undefined, label: string, merge?: string) => {
    if (entry === undefined && at.at === null) return;
    write(at, withCell(at.row, of.name, entry), `${of.title}: ${label}`, merge);
    go(lineKey(at), of.name, spot?.editing ?? true);
  };
  const add = (at: number) => {
    put(inserted(rows, at, {}), "new row");
    go(String(at), parts[0]!.name);
  };
  const accept = (at: Line) => {
    if (at.offer) write(at, { ...at.offer.row, ...at.row }, "accept a row");
  };
  const neighbour = (at: Line, by: number, among = lines): Line | undefined => among[among.findIndex((one) => lineKey(one) === lineKey(at)) + by];
  /** To the next cell, or the one before; false at the end of the table. */
  const step = (at: Line, of: Part, by: 1 | -1, among = lines): boolean => {
    const next = parts[parts.indexOf(of) + by];
    const beside = neighbour(at, by, among);
    if (next) choose(at, next.name, true);
    else if (beside) choose(beside, (by > 0 ? parts[0]! : parts.at(-1)!).name, true);
    return next !== undefined || beside !== undefined;
  };
  /** Takes what is suggested for an empty cell, and goes on; in the empty last line, the table is done. */
  const enter = (at: Line, of: Part) => {
    const { entry, offered } = cellOf(at, of);
    if (!entry && offered) step(at, of, 1, drawn(write(at, withCell(at.row, of.name, offered), `${of.title}: accept`)));
    else if ((at.at === null && !at.offer) || !step(at, of, 1)) {
      setSpot(null);
      if (rows.length > 0 && problemOf(question, rows) === null) onComplete();
    }
  };
  const paste = (at: Line, of: Part, text: string): boolean => {
    const cells = cellsIn(text);
    if (!cells) return false;
    const base = at.at === null ? inserted(rows, at.before, at.row) : rows;
    put(pasted(base, at.at ?? at.before, of.name, cells, question), `paste ${cells.length} rows`);
    return true;
  };
  /** The rows that the words of a box make, behind those that are there. */
  const takeTable = (page: number, words: readonly Word[]) => {
    const found = rowsFromPage(words, page, question, parts);
    setBoxing(found.length > 0 ? "off" : "nothing found");
    if (found.length === 0) return;
    const next = [...filled(rows), ...found];
    put(next, `${found.length} rows from the page`);
    setSpot({ line: keyAt(next, next.length - found.length), column: parts[0]!.name, editing: false });
  };
  const fill = (page: number, rect: Rect, words: readonly Word[], more: boolean) => {
    if (readOnly) return;
    if (boxing !== "off") return takeTable(page, words);
    const at = line ?? lines.find((one) => one.at !== null && isBlank(one.row)) ?? emptyLine(rows.length);
    const of = part ?? parts[0]!;
    const before = at.row[of.name];
    const places = question.config.place === "none" ? [] : words.length > 0 ? placesOf(words, page) : [{ page, ...rect }];
    if (words.length === 0) fillCell(at, of, { ...(before ?? { value: "" }), places: more ? [...(before?.places ?? []), ...places] : places }, "place");
    else if (more && before) fillCell(at, of, andWords(of, before, textOf(words), places, question), "more words");
    else fillCell(at, of, fromWords(of, textOf(words), places, question), "words");
  };
  const remove = () => {
    if (line?.at == null) return;
    const merge = `delete.${question.name}.${lineKey(line)}`;
    put(removed(rows, line.at), "delete a row", line.offer ? merge : undefined);
    if (line.offer) onReject(line.offer.key, { merge });
    const next = neighbour(line, 1) ?? neighbour(line, -1);
    setSpot(next ? { ...spot!, line: next.at === null ? lineKey(next) : keyAt(removed(rows, line.at), Math.min(line.at, rows.length - 2)) } : null);
  };
  const shift = (by: 1 | -1) => {
    if (line?.at == null || line.at + by < 0 || line.at + by >= rows.length) return;
    const next = moved(rows, line.at, line.at + by);
    put(next, "move a row");
    setSpot({ ...spot!, line: keyAt(next, line.at + by) });
  };
  const walk = (by: 1 | -1) => {
    const next = line ? neighbour(line, by) : lines[by > 0 ? 0 : lines.length - 1];
    if (next) choose(next, spot?.column ?? parts[0]!.name, false);
  };
  const toggleBox = () => {
    setBoxing(boxing === "off" ? "on" : "off");
    if (boxing === "off") setSpot((at) => at && { ...at, editing: false });
  };
  const below = () => add(line ? (line.at === null ? line.before : line.at + 1) : rows.length);

  const group = question.title ?? question.name;
  const make = (id: string, title: string, keys: string[], run: () => void, more: Partial<Command> = {}): Command => ({ id: labelCommandId(question, id), title, keys, group, scope: "tool", run, ...more });
  const own = line !== null && line.at !== null;
  useCommands(props, [
    make("table", "Take the rows of a table from the page", ["T"], toggleBox, { repeat: false }),
    make("below", "New row below", ["Shift+Enter"], below, { inText: true, repeat: false }),
    ...(lines.length > 0 ? [make("next", "Next row", ["J"], () => walk(1)), make("previous", "Previous row", ["K"], () => walk(-1))] : []),
    ...parts.flatMap((of) => (of.key ? [make(of.name, of.title, [of.key], () => (line ? choose(line, of.name, true) : lines[0] ? choose(lines[0], of.name, true) : add(0)), { scope: "label" })] : [])),
    ...(boxing !== "off" ? [make("leave", "No table after all", ["Escape"], toggleBox, { scope: "region" })] : line ? [make("leave", "Leave the row", ["Escape"], () => setSpot(null), { scope: "region" })] : []),
    ...(own ? [
      make("up", "Move the row up", ["Alt+ArrowUp"], () => shift(-1), { inText: true }), make("down", "Move the row down", ["Alt+ArrowDown"], () => shift(1), { inText: true }),
      make("delete", "Delete the row", ["Shift+Delete"], remove, { inText: true, repeat: false }),
    ] : []),
    ...(line && part ? [
      make("not-said", "The row does not say it", ["N"], () => fillCell(line, part, { value: null }, "not said"), { scope: "region" }),
      make("clear", "Clear the cell", ["Delete", "Backspace"], () => fillCell(line, part, undefined, "clear"), { scope: "region" }),
    ] : []),
    ...(line?.offer ? [make("accept", "Accept the row", ["A"], () => accept(line), { scope: "region" }), make("reject", "Reject what is suggested for the row", ["R"], () => onReject(line.offer!.key), { scope: "region" })] : []),
    ...pageCommands("rows", question, viewer),
  ]);
  const lit = lines.find((one) => lineKey(one) === (hovered ?? spot?.line)) ?? null;
  const pages = (
    <PageFrame
      viewer={viewer} name={document.name}
      layer={(page, size, scale) => (
        <MarkLayer
          viewer={viewer} page={page} size={size} scale={scale} marks={marksOn(page, lines, parts, lit, spot?.column ?? null)} color={boxing === "off" && part ? part.color : "var(--accent)"} readOnly={readOnly}
          gesture="words" onDrag={fill} onPick={(key) => {
            const [found, column] = picked(key, lines);
            if (found) choose(found, column ?? spot?.column ?? parts[0]!.name, true);
          }}
        />
      )}
    />
  );
  const table = (
    <section className={css.panel} aria-label={group}>
      <div className={css.bar}>
        <p role="status">{boxing === "on" ? <>Drag a box around the rows, with their heading and without the totals. <Kbd>Esc</Kbd> leave.</> : boxing !== "off" ? "No rows were found there; drag around the rows with their heading." : line && spot!.editing ? <>Type, or drag over the words of the cell. <Kbd>⇧⏎</Kbd> new row, <Kbd>Esc</Kbd> leave.</> : <>{filled(rows).length} {filled(rows).length === 1 ? "row" : "rows"}. Click a cell to fill it in.</>}</p>
        {readOnly ? null : (
          <>
            <IconButton size="small" label="Move the row up (Alt ↑)" disabled={!own} onMouseDown={keepFocus} onClick={() => shift(-1)}><IconArrowUp size={15} /></IconButton>
            <IconButton size="small" label="Move the row down (Alt ↓)" disabled={!own} onMouseDown={keepFocus} onClick={() => shift(1)}><IconArrowDown size={15} /></IconButton>
            <IconButton size="small" label="Delete the row (Shift Del)" disabled={!own} onMouseDown={keepFocus} onClick={remove}><IconTrash size={15} /></IconButton>
            <button type="button" className={css.add} aria-pressed={boxing !== "off"} title="Drag a box around the table on the page" onMouseDown={keepFocus} onClick={toggleBox}><IconTableShortcut size={15} aria-hidden />From the page<Cap id={labelCommandId(question, "table")} of="T" /></button>
            <button type="button" className={css.add} onMouseDown={keepFocus} onClick={below}><IconRowInsertBottom size={15} aria-hidden />New row</button>
          </>
        )}
      </div>
      <Grid
        name={group} question={question} parts={parts} lines={lines} chosen={line} column={spot?.column ?? null} editing={spot?.editing ?? false} readOnly={readOnly}
        actions={{
          choose, enter, step, paste, accept, leave: (at, of) => setSpot((now) => (now && now.line === lineKey(at) && now.column === of.name ? { ...now, editing: false } : now)),
          type: (at, of, text) => fillCell(at, of, typed(of, at.row[of.name], text, question), "type", `type.${question.name}.${lineKey(at)}.${of.name}`),
          climb: (at, of, by) => {
            const next = neighbour(at, by);
            if (next) choose(next, of.name, true);
          },
          reject: (at) => at.offer && onReject(at.offer.key), hover: (at) => hover(at && lineKey(at)),
        }}
      />
    </section>
  );
  return (
    <div className={css.editor} onFocus={onActivate} onPointerDown={onActivate}>
      <Parted label="Height of the table" above={pages} below={table} />
    </div>
  );
}

const keepFocus = (event: { preventDefault(): void }) => event.preventDefault();

/** The key of a row by its number, whatever is suggested. */
const keyAt = (rows: readonly Row[], at: number): string => lineKey({ at, before: at, row: rows[at]!, offer: null });

const placesIn = (line: Line): Place[] => Object.values({ ...line.offer?.row, ...line.row }).flatMap((entry) => entry.places ?? []);

/** What lies on a page: a frame around each row, and the cells of the one that is looked at. */
function marksOn(page: number, lines: readonly Line[], parts: readonly Part[], lit: Line | null, column: string | null): PageMark[] {
  const on = (places: readonly Place[] | undefined) => (places ?? []).filter((place) => place.page === page);
  const frames = lines.flatMap((line): PageMark[] => {
    const places = on(placesIn(line));
    return places.length > 0 ? [{ key: lineKey(line), rects: [around(places)], color: "var(--accent)", title: line === lit && line.at !== null ? String(line.at + 1) : "", dashed: line.at === null, selected: false }] : [];
  });
  if (!lit) return frames;
  const cells = parts.flatMap((part): PageMark[] => {
    const { entry, offered } = cellOf(lit, part);
    const rects = on((entry ?? offered)?.places);
    return rects.length > 0 ? [{ key: `${lineKey(lit)}|${part.name}`, rects, color: part.color, title: part.name === column ? part.title : "", dashed: entry === undefined, selected: part.name === column && entry !== undefined }] : [];
  });
  return [...frames, ...cells];
}

/** The line and the column of a mark's key. */
function picked(key: string | null, lines: readonly Line[]): [line: Line | undefined, column: string | undefined] {
  const [line, column] = key?.split("|") ?? [];
  return [lines.find((one) => lineKey(one) === line), column];
}
