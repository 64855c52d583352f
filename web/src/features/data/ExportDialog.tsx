/** Take the answers out: which format, how much of it, which items. The file is streamed. */
import { Checkbox, Modal, Radio, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, apiUrl, type Query } from "../../api/client";
import { kindsQuery } from "../../api/queries";
import type { ExportReport, Kinds, Project, Status } from "../../api/types";
import { ASKED, countFilters, filtersOf, STATUSES, type DataSearch } from "../../lib/dataSearch";
import { Button, buttonLook, ErrorNote } from "../../ui";
import { count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { statusText } from "./StatusMark";

/** What a file of the format can hold. */
function carries(format: Kinds["formats"][number] | undefined): string {
  if (!format) return "";
  if (format.lossless) return "Carries everything: nested values, authors, times and confidence. It can be read back without loss.";
  if (format.data_set) return "A ZIP as other tools read it. What such a file cannot hold is left out and counted.";
  if (isTuning(format)) return "For tuning language models: one conversation, or one pair of answers, a line. What such a file cannot hold is left out and counted.";
  return "One flat table: a column per question, marked spans and boxes as JSON in one cell, nested metadata as text. Take a lossless format to read it back.";
}

/** Lines made for tuning models rather than for reading them back. */
const isTuning = (format: Kinds["formats"][number] | undefined): boolean => format !== undefined && !format.lossless && format.suffixes.includes(".jsonl");

export interface ExportDialogProps {
  project: Project;
  search: DataSearch;
  open: boolean;
  onClose(): void;
}

export function ExportDialog({ project, search, open, onClose }: ExportDialogProps) {
  const formats = (useQuery(kindsQuery).data?.formats ?? []).filter((format) => format.writes);
  const [format, setFormat] = useState<string | null>(null);
  const [what, setWhat] = useState("resolved");
  const [status, setStatus] = useState<Status[]>((search.status?.split(",") as Status[] | undefined) ?? [...ASKED]);
  const [only, setOnly] = useState(false);
  const { status: _status, ...filters } = filtersOf(search);
  const filtered = countFilters(filters) > 0;
  const chosen = format ?? formats.find((one) => one.name === "jsonl")?.name ?? formats[0]?.name ?? "";
  const [safe, setSafe] = useState(false);
  const [withFiles, setWithFiles] = useState(false);
  const [prompt, setPrompt] = useState<string | null>(null);
  const sheet = formats.find((one) => one.name === chosen)?.suffixes.includes(".csv") === true;
  const usual = what === "everything" ? STATUSES : ASKED;
  const all = status.length === 0 || (status.length === usual.length && usual.every((one) => status.includes(one)));
  const picked = formats.find((one) => one.name === chosen);
  const tuning = isTuning(picked);
  const query: Query = {
    ...(filtered && only ? (filters as Query) : {}),
    format: chosen,
    what,
    excel_safe: sheet && safe ? true : undefined,
    status: all ? undefined : status,
    option: picked?.data_set && withFiles ? "media:true" : tuning && prompt ? `prompt:${prompt}` : undefined,
  };
  const url = apiUrl(`/projects/${project.id}/export`, query);
  return (
    <Modal opened={open} onClose={onClose} title="Export" centered>
      <div className={layout.stack}>
        <Select
          label="Format" value={chosen} onChange={setFormat} allowDeselect={false} description={carries(picked)} inputWrapperOrder={["label", "input", "description"]}
          data={[...formats].sort((a, b) => Number(b.lossless) - Number(a.lossless)).map((one) => ({ value: one.name, label: one.lossless ? `${one.title} (lossless)` : one.title }))}
        />
        <Radio.Group label="What" value={what} onChange={setWhat}>
          <div className={`${layout.stack} ${layout.tight}`} style={{ paddingTop: 6 }}>
            <Radio value="resolved" label="One answer per question" description="Resolved from all answers, with who or which model it comes from." />
            <Radio value="everything" label="Everything" description="Every answer and suggestion with author, time, confidence and model version." />
          </div>
        </Radio.Group>
        <Checkbox.Group label="Items that are" value={status} onChange={(next) => setStatus(next as Status[])}>
          <div className={`${layout.row} ${layout.wrap}`} style={{ gap: 16, paddingTop: 6 }}>
            {STATUSES.map((one) => (
              <Checkbox key={one} value={one} label={`${statusText[one]} (${count(project.counts[one])})`} />
            ))}
          </div>
        </Checkbox.Group>
        {sheet ? (
          <Checkbox
            label="Safe to open in a spreadsheet" description="Text that a spreadsheet would take for a formula gets an apostrophe in front." checked={safe}
            onChange={(event) => setSafe(event.currentTarget.checked)}
          />
        ) : null}
        {picked?.data_set ? (
          <Checkbox
            label="With the pictures, videos and recordings themselves" description="Otherwise the file holds the annotations only." checked={withFiles}
            onChange={(event) => setWithFiles(event.currentTarget.checked)}
          />
        ) : null}
        {filtered ? (
          <Checkbox label="Only items that match the present filters" checked={only} onChange={(event) => setOnly(event.currentTarget.checked)} />
        ) : null}
        {tuning ? (
          <Select
            label="What was asked stands in" clearable placeholder="as the question says, else the first conversation or text" value={prompt} onChange={setPrompt}
            data={project.spec.fields.map((field) => ({ value: field.name, label: field.title ?? field.name }))}
          />
        ) : null}
        {picked && !picked.lossless ? <LeftOut key={url} query={query} project={project.id} /> : null}
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <a {...buttonLook("primary")} href={url} download onClick={onClose}>
            Download
          </a>
        </div>
      </div>
    </Modal>
  );
}

/** What the format cannot hold, found on demand by making the export without keeping it. */
function LeftOut({ project, query }: { project: number; query: Query }) {
  const report = useQuery({
    queryKey: ["export-report", project, query],
    queryFn: () => api.get<ExportReport>(`/projects/${project}/export/report`, query),
    enabled: false,
    staleTime: 0,
    retry: false,
  });
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <div><Button size="small" busy={report.isFetching} onClick={() => void report.refetch()}>What would be left out?</Button></div>
      <ErrorNote error={report.error} />
      {report.data ? (
        <div role="status" className={layout.help}>
          {report.data.lost.length === 0 ? `Nothing of ${count(report.data.rows)} items.` : <ul style={{ margin: 0, paddingInlineStart: 18 }}>{report.data.lost.map((line) => <li key={line}>{line}</li>)}</ul>}
        </div>
      ) : null}
    </div>
  );
}
