/** What can be done with the selected items, at the foot of the list. Every decision can be taken back as one. */
import { Select } from "@mantine/core";
import { IconSparkles, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { kindsQuery } from "../../api/queries";
import type { BulkLabelResult, Label, Project, Question } from "../../api/types";
import { filtersOf, type DataSearch } from "../../lib/dataSearch";
import { Button, IconButton } from "../../ui";
import { count, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notify, notifyError } from "../../ui/notify";
import { AcceptDialog, type AcceptScope } from "./AcceptDialog";
import { setAside, takeBack } from "./aside";
import { refreshAfterBulk, undoBulk } from "./bulk";
import css from "./data.module.css";
import { shortTitle } from "./questionText";
import { selectionSize, type Selection } from "./selection";
import { rowsQuery } from "./useRows";

export interface SelectionBarProps {
  project: Project;
  selection: Selection;
  search: DataSearch;
  onClear(): void;
}

/** Flags go one by one; more than this would take too long. */
const MOST_FLAGS = 500;

export function SelectionBar({ project, selection, search, onClear }: SelectionBarProps) {
  const size = selectionSize(selection);
  return (
    <div className={css.selection} role="region" aria-label="Selected items">
      <strong>{count(size)} selected</strong>
      <LabelAs project={project} selection={selection} search={search} onDone={onClear} />
      <AcceptButton project={project} selection={selection} search={search} />
      <FlagButton project={project} selection={selection} search={search} />
      <AsideButtons project={project} selection={selection} search={search} onDone={onClear} />
      <span className={layout.grow} />
      <IconButton label="Clear the selection" onClick={onClear}>
        <IconX size={16} />
      </IconButton>
    </div>
  );
}

/** What the server needs to find the selected items: their ids, or the filters when everything is meant. */
async function target(project: number, selection: Selection, search: DataSearch): Promise<{ item_ids: number[] } | { filter: object }> {
  if (selection.mode === "some") return { item_ids: [...selection.ids] };
  const similar = search.similar !== undefined || search.phrase !== undefined;
  if (selection.except.size === 0 && !similar) return { filter: filtersOf(search) };
  return { item_ids: await selectedIds(project, selection, search) };
}

async function selectedIds(project: number, selection: Selection, search: DataSearch): Promise<number[]> {
  if (selection.mode === "some") return [...selection.ids];
  const { ids } = await api.get<{ ids: number[] }>(`/projects/${project}/items/ids`, rowsQuery(search));
  return ids.filter((id) => !selection.except.has(id));
}

interface Choice {
  value: string;
  label: string;
  answer: unknown;
}

/** The answers that one pick can give: a label, a list with one label, or a score. */
function choices(question: Question, shape: string): Choice[] {
  const { config } = question;
  if (shape === "number") {
    const low = Number(config.min ?? 1);
    const high = Number(config.max ?? 5);
    return Array.from({ length: Math.min(101, high - low + 1) }, (_, at) => ({ value: String(low + at), label: String(low + at), answer: low + at }));
  }
  const labels = Array.isArray(config.labels) ? (config.labels as (Label | string)[]) : [];
  return labels.map((entry) => {
    const label = typeof entry === "string" ? { value: entry } : entry;
    return { value: label.value, label: ("title" in label && label.title) || label.value, answer: shape === "labels" ? [label.value] : label.value };
  });
}

function LabelAs({ project, selection, search, onDone }: Omit<SelectionBarProps, "onClear"> & { onDone(): void }) {
  const shapes = new Map((useQuery(kindsQuery).data?.task_types ?? []).map((type) => [type.name, type.shape]));
  const fitting = project.spec.questions.filter((question) => ["label", "labels", "number"].includes(shapes.get(question.type) ?? ""));
  const [name, setName] = useState<string | null>(null);
  const question = fitting.find((one) => one.name === name) ?? fitting[0];
  const client = useQueryClient();
  const apply = useMutation({
    mutationFn: async (answer: unknown) =>
      api.post<BulkLabelResult>(`/projects/${project.id}/bulk/label`, {
        op_id: crypto.randomUUID(),
        question: question?.name,
        value: answer,
        ...(await target(project.id, selection, search)),
      }),
    onSuccess: (result) => {
      notify(told(result), { text: "Undo", run: () => undoBulk(client, project.id, result.bulk) });
      onDone();
    },
    onError: notifyError,
    onSettled: () => refreshAfterBulk(client, project.id),
  });
  if (!question) return null;
  const options = choices(question, shapes.get(question.type) ?? "");
  return (
    <div className={layout.row}>
      <span>label</span>
      {fitting.length > 1 ? (
        <Select
          aria-label="Question" size="xs" w={150} value={question.name} allowDeselect={false} onChange={setName}
          data={fitting.map((one) => ({ value: one.name, label: shortTitle(one) }))}
        />
      ) : null}
      <span>as</span>
      <Select
        aria-label="Label" size="xs" w={190} placeholder={apply.isPending ? "working…" : "pick a label"} searchable value={null}
        disabled={apply.isPending} data={options} limit={200} comboboxProps={{ position: "top" }}
        onChange={(value) => value !== null && apply.mutate(options.find((one) => one.value === value)?.answer)}
      />
    </div>
  );
}

/** Opens the dialog on what is selected; its ids are looked up first where everything but a few is meant. */
function AcceptButton({ project, selection, search }: Omit<SelectionBarProps, "onClear">) {
  const [scope, setScope] = useState<AcceptScope | null>(null);
  const open = useMutation({
    mutationFn: () => target(project.id, selection, search),
    onSuccess: (body) => setScope({ text: `the ${plural(selectionSize(selection), "selected item")}`, body }),
    onError: notifyError,
  });
  return (
    <>
      <Button size="small" busy={open.isPending} icon={<IconSparkles size={14} aria-hidden />} onClick={() => open.mutate()}>
        Accept ≥ …
      </Button>
      {scope ? <AcceptDialog project={project} scope={scope} onClose={() => setScope(null)} /> : null}
    </>
  );
}

function told(result: BulkLabelResult): string {
  const left = [
    result.skipped_answered > 0 ? `${count(result.skipped_answered)} answered before` : "",
    result.skipped_lent > 0 ? `${count(result.skipped_lent)} being labelled by somebody` : "",
    result.skipped_aside > 0 ? `${count(result.skipped_aside)} set aside` : "",
    result.skipped_blind > 0 ? `${count(result.skipped_blind)} kept for blind answers` : "",
  ].filter(Boolean);
  return `${plural(result.changed, "item")} labelled.${left.length > 0 ? ` Left alone: ${left.join(", ")}.` : ""}`;
}

/** Sets all that is selected aside for everybody, or takes it back. */
function AsideButtons({ project, selection, search, onDone }: Omit<SelectionBarProps, "onClear"> & { onDone(): void }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: async (way: "aside" | "back") => {
      const which = await target(project.id, selection, search);
      await (way === "aside" ? setAside(client, project.id, which) : takeBack(client, project.id, which));
    },
    onSuccess: onDone,
    onError: notifyError,
  });
  return (
    <>
      <Button size="small" busy={act.isPending} onClick={() => act.mutate("aside")} title="Nobody is asked about them; they keep their answers, and exports of labels leave them out.">
        Set aside
      </Button>
      {project.counts.aside > 0 ? <Button size="small" busy={act.isPending} onClick={() => act.mutate("back")}>Take back</Button> : null}
    </>
  );
}

function FlagButton({ project, selection, search }: Omit<SelectionBarProps, "onClear">) {
  const client = useQueryClient();
  const size = selectionSize(selection);
  const flagAll = async (ids: number[], flagged: boolean) => {
    for (const id of ids) await api.post(`/projects/${project.id}/items/${id}/flag`, { flagged });
    refreshAfterBulk(client, project.id);
  };
  const flag = useMutation({
    mutationFn: async () => {
      const ids = await selectedIds(project.id, selection, search);
      await flagAll(ids, true);
      return ids;
    },
    onSuccess: (ids) =>
      notify(`${plural(ids.length, "item")} flagged.`, { text: "Undo", run: () => void flagAll(ids, false).catch(notifyError) }),
    onError: notifyError,
  });
  return (
    <Button
      size="small" busy={flag.isPending} disabled={size > MOST_FLAGS} onClick={() => flag.mutate()}
      title={size > MOST_FLAGS ? `At most ${MOST_FLAGS} items can be flagged at once.` : undefined}
    >
      Flag
    </Button>
  );
}
