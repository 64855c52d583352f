/**
 * A figure: a plot, what it rests on, the table behind it, and both as files. Every plot of the app is one of these, so that
 * no number is shown without its count and none can be seen but not taken along. The plotting library loads with the first figure.
 */
import { useElementSize } from "@mantine/hooks";
import { IconDownload, IconPhotoDown, IconTable } from "@tabler/icons-react";
import type * as Library from "@observablehq/plot";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { downloadCsv, type Cell } from "../../lib/csv";
import { IconButton } from "../Button";
import { ErrorNote } from "../Surface";
import css from "./plot.module.css";
import { PALETTE } from "./shapes";
import { downloadSvg } from "./svg";

export type PlotLibrary = typeof Library;
type PlotOptions = Library.PlotOptions;

export interface Column<Row> {
  title: string;
  /** The cell as stored: numbers stay numbers in the file. */
  value: (row: Row) => Cell;
  /** The cell as read; default: the value itself. */
  text?: (row: Row) => string;
}

export interface FigureProps<Row> {
  title: string;
  /** On how much it rests, in words: "312 items answered blind". */
  basis: string;
  /** What the reader should take from it, and what the marks mean. */
  note?: ReactNode;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  /** The plot for a width in pixels; colours as `var(--accent)` follow the theme by themselves. */
  draw: (plot: PlotLibrary, width: number) => PlotOptions;
  /** Name of the files, without ending. */
  file: string;
  /** Shown in place of a plot without rows. */
  empty?: string;
  height?: number;
  /** The groups told apart by colour, in the order of their rows, where the plot does not name them itself. */
  groups?: readonly string[];
}

export function Figure<Row>({ title, basis, note, rows, columns, draw, file, empty, height = 220, groups = [] }: FigureProps<Row>) {
  const [table, setTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const save = () => {
    const drawn = box.current?.querySelector("svg");
    if (drawn) downloadSvg(`${file}.svg`, drawn, title);
  };
  const saveTable = () =>
    downloadCsv(
      `${file}.csv`,
      columns.map((column) => column.title),
      rows.map((row) => columns.map((column) => column.value(row))),
    );
  return (
    <figure className={css.figure}>
      <figcaption className={css.head}>
        <div>
          <h3>{title}</h3>
          <p>{basis}</p>
        </div>
        {rows.length > 0 ? (
          <div className={css.tools}>
            <IconButton size="small" label={table ? "Show the plot" : "Show the table"} aria-pressed={table} onClick={() => setTable(!table)}>
              <IconTable size={15} aria-hidden />
            </IconButton>
            <IconButton size="small" label="Download the table (CSV)" onClick={saveTable}>
              <IconDownload size={15} aria-hidden />
            </IconButton>
            <IconButton size="small" label="Download the plot (SVG)" onClick={save} disabled={table}>
              <IconPhotoDown size={15} aria-hidden />
            </IconButton>
          </div>
        ) : null}
      </figcaption>
      {groups.length > 1 ? (
        <ul className={css.groups}>
          {groups.map((group, index) => (
            <li key={group}>
              <span style={{ background: PALETTE[index % PALETTE.length] }} aria-hidden />
              {group}
            </li>
          ))}
        </ul>
      ) : null}
      <div ref={box}>
        {rows.length === 0 ? <p className={css.none}>{empty ?? "Nothing to show yet."}</p> : table ? <Table title={title} rows={rows} columns={columns} /> : <Drawn draw={draw} label={`${title}: ${basis}`} height={height} />}
      </div>
      {note ? <div className={css.note}>{note}</div> : null}
    </figure>
  );
}

function Table<Row>({ title, rows, columns }: { title: string; rows: readonly Row[]; columns: readonly Column<Row>[] }) {
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={title}>
      <table className={css.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.title} data-number={typeof column.value(row) === "number" || undefined}>
                  {column.text ? column.text(row) : String(column.value(row) ?? "–")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Drawn({ draw, label, height }: { draw: FigureProps<unknown>["draw"]; label: string; height: number }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const library = useLibrary();
  const place = useRef<HTMLDivElement>(null);
  const wide = Math.floor(width);
  useEffect(() => {
    const box = place.current;
    if (library.plot === null || box === null || wide < 40) return;
    const drawn = library.plot.plot({ ...STYLE, width: wide, height, ...draw(library.plot, wide) });
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", label);
    // The parts of an image have no names of their own.
    for (const part of drawn.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
    box.replaceChildren(drawn);
    return () => box.replaceChildren();
  }, [library.plot, draw, wide, height, label]);
  return (
    <div ref={ref} className={css.plot} style={library.plot === null ? { minHeight: height } : undefined}>
      <ErrorNote error={library.error} />
      <div ref={place} />
    </div>
  );
}

const STYLE: PlotOptions = {
  style: { background: "none", color: "var(--text-dim)", fontFamily: "var(--font)", fontSize: "11px", overflow: "visible" },
};

let loaded: PlotLibrary | null = null;

/** The plotting library once it is here; the error if it cannot be had. */
function useLibrary(): { plot: PlotLibrary | null; error: unknown } {
  const [state, setState] = useState<{ plot: PlotLibrary | null; error: unknown }>({ plot: loaded, error: null });
  useEffect(() => {
    if (loaded !== null) return;
    let here = true;
    import("@observablehq/plot").then(
      (plot) => {
        loaded = plot;
        if (here) setState({ plot, error: null });
      },
      (error: unknown) => here && setState({ plot: null, error }),
    );
    return () => {
      here = false;
    };
  }, []);
  return state;
}
