/** A table as a file: the button that every table of figures has. */
import { IconDownload } from "@tabler/icons-react";
import { downloadCsv, type Cell } from "../lib/csv";
import { IconButton } from "./Button";

export interface TableFileProps {
  /** Name of the file, without ending. */
  file: string;
  header: readonly string[];
  /** Made when asked for; numbers stay numbers. */
  rows: () => readonly (readonly Cell[])[];
  label?: string;
}

export function TableFile({ file, header, rows, label = "Download the table (CSV)" }: TableFileProps) {
  return (
    <IconButton size="small" label={label} data-screen-only onClick={() => downloadCsv(`${file}.csv`, header, rows())}>
      <IconDownload size={15} aria-hidden />
    </IconButton>
  );
}
