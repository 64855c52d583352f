/** The errors of one arm in groups, and the items of a group side by side; each can become a note or an example. */
import { SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import type { ComparedPage, ComparedRow, Comparison, ErrorGroupView, Project } from "../../../api/types";
import { Button, Empty, ErrorNote, Panel, Skeleton } from "../../../ui";
import { count } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { ComparedItem } from "./ComparedItem";
import { NoteDialog } from "./NoteDialog";
import css from "./studio.module.css";

const PAGE = 50;
type Only = "errors" | "different" | "all";

interface Props {
  project: Project;
  comparison: Comparison;
  names: string[];
}

export function ErrorsPanel({ project, comparison, names }: Props) {
  const worst = (comparison.report?.arms ?? []).reduce((best, arm, at, arms) => ((arm.right.value ?? 1) < (arms[best]?.right.value ?? 1) ? at : best), 0);
  const [arm, setArm] = useState(worst);
  const [group, setGroup] = useState<string | null>(null);
  const [only, setOnly] = useState<Only>(comparison.scored > 0 ? "errors" : "different");
  const [offset, setOffset] = useState(0);
  const [noting, setNoting] = useState<ComparedRow | null>(null);
  const path = `/projects/${project.id}/comparisons/${comparison.id}`;
  const groups = useQuery({ queryKey: ["comparisons", project.id, comparison.id, "errors", arm], queryFn: () => api.get<ErrorGroupView[]>(`${path}/errors`, { arm }) });
  const query = group === null ? { only, offset } : { arm, group, offset };
  const page = useQuery({ queryKey: ["comparisons", project.id, comparison.id, "items", query], queryFn: () => api.get<ComparedPage>(`${path}/items`, query) });
  const most = groups.data?.[0]?.group.n ?? 1;
  const show = (change: () => void) => {
    change();
    setOffset(0);
  };
  return (
    <Panel
      title="Errors" flush
      tools={
        names.length > 1 ? (
          <Select
            aria-label="Errors of" size="xs" w={150} allowDeselect={false} value={String(arm)} data={names.map((name, at) => ({ value: String(at), label: `of ${name}` }))}
            onChange={(value) => show(() => (setArm(Number(value)), setGroup(null)))}
          />
        ) : null
      }
    >
      <ErrorNote error={groups.error ?? page.error} />
      {groups.isPending ? <Skeleton height={80} /> : null}
      {groups.data?.length === 0 && comparison.scored > 0 ? <p className={css.foot}>No errors of {names[arm]} on these items.</p> : null}
      {groups.data && groups.data.length > 0 ? (
        <ul className={css.groups} aria-label="Groups of errors">
          {groups.data.map(({ group: one }) => (
            <li key={one.key}>
              <button type="button" className={css.group} aria-pressed={group === one.key} onClick={() => show(() => setGroup(group === one.key ? null : one.key))}>
                <span className={css.groupBar} style={{ width: `${(100 * one.n) / most}%` }} data-kind={one.kind} aria-hidden />
                <span className={layout.grow}>{one.title}</span>
                <span className="mono">{count(one.n)}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div className={`${layout.row} ${css.foot}`}>
        <SegmentedControl
          size="xs" value={group === null ? only : ""} onChange={(value) => show(() => (setGroup(null), setOnly(value as Only)))} aria-label="Which items"
          data={[
            { value: "errors", label: "Any error" },
            { value: "different", label: "Different answers" },
            { value: "all", label: "All" },
          ]}
        />
        <span className={layout.grow} />
        {page.data ? (
          <span className={layout.help}>
            {page.data.total === 0 ? "none" : `${count(offset + 1)} to ${count(Math.min(offset + PAGE, page.data.total))} of ${count(page.data.total)}`}
          </span>
        ) : null}
        <Button size="small" disabled={offset === 0} onClick={() => setOffset(offset - PAGE)}>
          Back
        </Button>
        <Button size="small" disabled={!page.data || offset + PAGE >= page.data.total} onClick={() => setOffset(offset + PAGE)}>
          More
        </Button>
      </div>
      {page.isPending ? <Skeleton height={160} /> : null}
      {page.data?.total === 0 && group === null && only !== "all" ? <Empty title={only === "errors" ? "No errors" : "No differences"} text="Every arm gave the same here." /> : null}
      {page.data?.rows.map((row) => (
        <ComparedItem key={row.item_id} project={project} comparison={comparison} row={row} names={names} arm={arm} onNote={() => setNoting(row)} />
      ))}
      {noting ? <NoteDialog project={project} comparison={comparison} row={noting} arm={arm} onClose={() => setNoting(null)} /> : null}
    </Panel>
  );
}
