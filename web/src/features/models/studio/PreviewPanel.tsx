/** The prompt as it would be sent for an item, message by message. Steps through items; nothing is sent. */
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { itemsQuery } from "../../../api/queries";
import type { Model, Preview, Project } from "../../../api/types";
import { Empty, ErrorNote, IconButton, Panel, Skeleton } from "../../../ui";
import { bytes, count, plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import css from "./studio.module.css";

const ITEMS = 100;
const SPEAKERS: Record<string, string> = { system: "System", user: "User", assistant: "Assistant", tool: "Tool" };

export function PreviewPanel({ project, model, config }: { project: Project; model: Model; config: Record<string, unknown> }) {
  const items = useQuery(itemsQuery(project.id, { limit: ITEMS, sort: "ord" }));
  const [at, setAt] = useState(0);
  const text = JSON.stringify(config);
  const [settled] = useDebouncedValue(text, 400);
  const rows = items.data?.rows ?? [];
  const item = rows[Math.min(at, rows.length - 1)];
  const preview = useQuery({
    queryKey: ["preview", project.id, model.id, item?.id, settled, project.spec.guidelines],
    queryFn: () => api.post<Preview>(`/projects/${project.id}/models/${model.id}/preview`, { item_id: item?.id, config: JSON.parse(settled) as unknown }),
    enabled: item !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Panel
      title="What is sent"
      tools={
        rows.length > 0 ? (
          <div className={layout.row} role="group" aria-label="Item">
            <IconButton label="Previous item" size="small" disabled={at === 0} onClick={() => setAt(at - 1)}>
              <IconChevronLeft size={15} />
            </IconButton>
            <span className="mono" aria-live="polite">
              item {item?.ord}
            </span>
            <IconButton label="Next item" size="small" disabled={at >= rows.length - 1} onClick={() => setAt(at + 1)}>
              <IconChevronRight size={15} />
            </IconButton>
          </div>
        ) : null
      }
    >
      {items.data && rows.length === 0 ? <Empty title="No items yet" text="Import some data, then see here what a model is sent." /> : null}
      <ErrorNote error={items.error ?? preview.error} />
      {items.isPending || (preview.isPending && item) ? <Skeleton height={240} /> : null}
      {preview.data && !preview.error ? <Calls preview={preview.data} stale={settled !== text || preview.isPlaceholderData} /> : null}
    </Panel>
  );
}

function Calls({ preview, stale }: { preview: Preview; stale: boolean }) {
  return (
    <div className={layout.stack} style={{ opacity: stale ? 0.6 : undefined }}>
      <p className={layout.help}>
        {plural(preview.calls.length, "call")} for this item · fields: {preview.fields.join(", ") || "none"}
        {preview.examples > 0 ? ` · ${plural(preview.examples, "similar example")}` : ""}
      </p>
      {preview.calls.map((call, at) => (
        <section key={at} className={css.call} aria-label={`Call ${at + 1}`}>
          <header className={layout.row}>
            <strong className={layout.grow}>{call.connection}</strong>
            <span className={layout.help}>
              about {count(call.tokens)} tokens in, at most {count(call.max_tokens)} out{call.masked > 0 ? ` · ${plural(call.masked, "value")} masked` : ""}
            </span>
          </header>
          {call.messages.map((message, place) => (
            <div key={place} className={css.message} data-role={message.role} role="group" aria-label={`Turn ${place + 1}`} tabIndex={0}>
              <span className={css.speaker}>{SPEAKERS[message.role] ?? message.role}</span>
              {message.parts.map((part, n) =>
                part.text === null ? (
                  <p key={n} className={layout.help}>
                    [{part.name || "file"}: {part.mime}, {bytes(part.bytes)}]
                  </p>
                ) : (
                  <pre key={n} dir="auto">
                    {part.text}
                  </pre>
                ),
              )}
            </div>
          ))}
          {call.json_schema ? (
            <details>
              <summary className={layout.help}>Schema of the answer</summary>
              <pre className={css.schema}>{JSON.stringify(call.json_schema, null, 2)}</pre>
            </details>
          ) : null}
        </section>
      ))}
    </div>
  );
}
