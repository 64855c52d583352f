/** The first rows as they will come in, with a say over which column becomes what. */
import { Select } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { kindsQuery } from "../../api/queries";
import type { ImportPreview, Job, Mapping, Project } from "../../api/types";
import { Button, Empty, ErrorNote, Panel, Skeleton } from "../../ui";
import { brief, bytes, count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { BadRows } from "./BadRows";
import { DataSetOffers } from "./DataSetOffers";
import type { Source } from "./ImportSource";
import { columnUse, mappingTrouble } from "./mapping";
import { MappingEditor } from "./MappingEditor";
import css from "./data.module.css";

export interface ImportPreviewPanelProps {
  project: Project;
  source: Source;
  onBack(): void;
  onStarted(job: number): void;
}

export function ImportPreviewPanel({ project, source, onBack, onStarted }: ImportPreviewPanelProps) {
  const [format, setFormat] = useState<string | null>(null);
  const [mapping, setMapping] = useState<Mapping | null>(null);
  const base = `/projects/${project.id}/import`;
  const preview = useQuery({
    queryKey: ["preview", project.id, source, format],
    queryFn: () => api.post<ImportPreview>(`${base}/preview`, { ...source.request, format: format ?? undefined }),
    staleTime: Infinity,
    retry: false,
  });
  useEffect(() => setMapping(preview.data?.mapping ?? null), [preview.data]);
  const start = useMutation({
    mutationFn: () =>
      api.post<Job>(base, { ...source.request, format: preview.data?.format, mapping: mapping ?? undefined, copy: source.copy }),
    onSuccess: (job) => onStarted(job.id),
  });
  const trouble = mapping ? mappingTrouble(project.spec.fields, mapping) : null;
  const { data } = preview;
  return (
    <>
      <Panel title={source.title} tools={<FormatPicker value={format ?? data?.format ?? null} onChange={setFormat} />} flush>
        {preview.isPending ? <Skeleton height={220} style={{ margin: 16, width: "auto" }} /> : null}
        {preview.error ? (
          <div style={{ padding: 16 }}>
            <ErrorNote error={preview.error} onRetry={() => void preview.refetch()} />
          </div>
        ) : null}
        {data && mapping ? <PreviewTable project={project} preview={data} mapping={mapping} /> : null}
      </Panel>
      {data && data.offers.length > 0 ? <DataSetOffers project={project} offers={data.offers} onChanged={() => void preview.refetch()} /> : null}
      {data && mapping && data.columns.length > 0 ? (
        <Panel title="Which column becomes what">
          <MappingEditor
            fields={project.spec.fields} questions={project.spec.questions} columns={data.columns} guess={data.mapping} mapping={mapping}
            onChange={setMapping}
          />
        </Panel>
      ) : null}
      {data && data.bad.length > 0 ? <BadRows rows={data.bad} total={data.bad.length} lead="These rows cannot be read and will be left out:" /> : null}
      <ErrorNote error={start.error} />
      <div className={layout.row}>
        <Button onClick={onBack}>Choose something else</Button>
        <div className={layout.grow}>{trouble ? <span style={{ color: "var(--danger)" }}>{trouble}</span> : null}</div>
        {data ? <span className="dim">{sizeText(data)}</span> : null}
        <Button kind="primary" size="large" disabled={!data || trouble !== null} busy={start.isPending} onClick={() => start.mutate()}>
          Import
        </Button>
      </div>
    </>
  );
}

function sizeText(preview: ImportPreview): string {
  const parts: string[] = [];
  if (preview.count_estimate) parts.push(`about ${count(preview.count_estimate)} rows`);
  if (preview.total_bytes) parts.push(bytes(preview.total_bytes));
  return parts.join(", ");
}

function FormatPicker({ value, onChange }: { value: string | null; onChange(format: string | null): void }) {
  const kinds = useQuery(kindsQuery).data;
  const data = (kinds?.formats ?? []).filter((one) => one.reads).map((one) => ({ value: one.name, label: one.title }));
  return <Select aria-label="Format" size="xs" w={190} value={value} data={data} onChange={onChange} allowDeselect={false} />;
}

function PreviewTable({ project, preview, mapping }: { project: Project; preview: ImportPreview; mapping: Mapping }) {
  if (preview.rows.length === 0) return <Empty title="No readable rows" text="Is the format right? Pick another one above." />;
  return (
    <div className={`${layout.scroll} ${css.preview}`} tabIndex={0} role="region" aria-label="The first rows">
      <table className={layout.table}>
        <thead>
          <tr>
            {preview.columns.map((column) => (
              <th key={column}>
                <span className={css.column}>{column}</span>
                <span className={css.use}>{columnUse(column, project.spec.fields, mapping)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row, at) => (
            <tr key={at}>
              {preview.columns.map((column) => (
                <td key={column} dir="auto">
                  <div className={layout.clamp}>{row[column] === null || row[column] === undefined ? "" : brief(row[column], 200)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
