/** Write a rubric, or a new version of one: criteria with their scales in words, weights and marks; from scratch, a ready one or a file. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { NumberInput, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api, apiUrl } from "../../api/client";
import { projectQuery, readyRubricsQuery, rubricQuery } from "../../api/queries";
import type { Project, Rubric, RubricView } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, buttonLook, ErrorNote, Note, Panel, Skeleton } from "../../ui";
import { moment } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import { CriterionEditor } from "./CriterionEditor";
import { EMPTY, missing, moved, newCriterion, replaced } from "./rubricDraft";
import { ShareRubric } from "./ShareRubric";
import { RubricFile } from "./RubricFile";
import css from "./rubric.module.css";

const route = getRouteApi("/inside/p/$projectId/rubric");

export function RubricPage() {
  const { projectId } = route.useParams();
  const { rubric } = route.useSearch();
  const project = useQuery(projectQuery(projectId)).data;
  const versions = useQuery({ ...rubricQuery(projectId, rubric ?? 0), enabled: rubric !== undefined });
  if (!project || (rubric !== undefined && versions.isPending)) return <div className={layout.page}><Skeleton height={320} /></div>;
  if (versions.error) return <div className={layout.page}><ErrorNote error={versions.error} onRetry={() => void versions.refetch()} /></div>;
  const shown = versions.data?.find((v) => v.id === rubric) ?? versions.data?.[0];
  return <Editor key={shown?.id ?? "new"} project={project} stored={shown} versions={versions.data ?? []} />;
}

interface EditorProps {
  project: Project;
  stored: RubricView | undefined;
  versions: readonly RubricView[];
}

function Editor({ project, stored, versions }: EditorProps) {
  const [draft, setDraft] = useState<Rubric>(stored?.rubric ?? EMPTY);
  const [fromFile, setFromFile] = useState(false);
  const may = manages(project.my_role) && !stored?.shared;
  const save = useSave(project.id);
  const gap = missing(draft);
  const same = stored !== undefined && JSON.stringify(stored.rubric) === JSON.stringify(draft);
  const params = { projectId: project.id };
  const begun = draft.criteria.length > 0;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>{stored ? stored.name : "New rubric"}</h1>
          <p>
            {stored ? `Version ${stored.version} of ${moment(stored.at)}. A change is a new version; judges and verdicts keep theirs.` : "What makes a good answer, in words that two people would use alike."}
          </p>
        </div>
        <Link to="/p/$projectId/judges" params={params} {...buttonLook()}>All judges</Link>
        {stored ? <ShareRubric project={project} stored={stored} /> : null}
        {may ? (
          <Button kind="primary" busy={save.isPending} disabled={gap !== null || same} title={gap ?? undefined} onClick={() => save.mutate({ rubric: draft })}>
            {stored ? "Save as a new version" : "Save rubric"}
          </Button>
        ) : null}
      </div>
      <div className={layout.stack}>
        <ErrorNote error={save.error} />
        {stored?.shared ? <Note>This rubric belongs to the workspace. The owner changes it.</Note> : null}
        {stored === undefined && !begun ? <Starts onPick={setDraft} onFile={() => setFromFile(true)} /> : null}
        {fromFile ? <RubricFile busy={save.isPending} onText={(text) => save.mutate({ text })} onClose={() => setFromFile(false)} /> : null}
        <Basics draft={draft} may={may} fixed={stored !== undefined} onChange={setDraft} />
        {draft.criteria.map((criterion, k) => (
          <CriterionEditor
            key={k} criterion={criterion} place={k} last={draft.criteria.length - 1} may={may}
            onChange={(next) => setDraft(replaced(draft, k, next))} onMove={(by) => setDraft(moved(draft, k, by))}
            onRemove={() => setDraft({ ...draft, criteria: draft.criteria.filter((_, at) => at !== k) })}
          />
        ))}
        {may ? (
          <div className={layout.row}>
            <Button icon={<IconPlus size={15} aria-hidden />} onClick={() => setDraft({ ...draft, criteria: [...draft.criteria, newCriterion(draft)] })}>Add a criterion</Button>
            {begun && gap ? <span className={layout.help}>{gap}</span> : null}
          </div>
        ) : null}
        {stored ? <Versions project={project.id} shown={stored} versions={versions} /> : null}
      </div>
    </div>
  );
}

function Basics({ draft, may, fixed, onChange }: { draft: Rubric; may: boolean; fixed: boolean; onChange(next: Rubric): void }) {
  return (
    <div className={css.basics}>
      <TextInput
        label="Name" description="Letters, digits, _ and -." value={draft.name} disabled={fixed || !may}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value.replace(/[^\w-]/g, "-") })}
      />
      <NumberInput
        label="Passes from" description="Weighted mean of all criteria, 0 to 1." min={0} max={1} step={0.05} decimalScale={2} value={draft.pass_mark} disabled={!may}
        onChange={(value) => onChange({ ...draft, pass_mark: typeof value === "number" ? value : draft.pass_mark })}
      />
      <Textarea
        className={css.wide} label="What it is for" autosize minRows={1} maxRows={4} value={draft.description} disabled={!may}
        onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
      />
    </div>
  );
}

function Starts({ onPick, onFile }: { onPick(rubric: Rubric): void; onFile(): void }) {
  const ready = useQuery(readyRubricsQuery).data ?? [];
  return (
    <Panel title="Start from">
      <div className={css.starts}>
        {ready.map((rubric) => (
          <button key={rubric.name} type="button" className={css.start} onClick={() => onPick(rubric)}>
            <b>{rubric.name}</b>
            <span>{rubric.description}</span>
            <small className="dim">{rubric.criteria.map((c) => c.title).join(" · ")}</small>
          </button>
        ))}
        <button type="button" className={css.start} onClick={onFile}>
          <b>A file</b>
          <span>YAML or JSON, as it was saved from another project.</span>
        </button>
      </div>
    </Panel>
  );
}

function Versions({ project, shown, versions }: { project: number; shown: RubricView; versions: readonly RubricView[] }) {
  const file = (form: string) => apiUrl(`/projects/${project}/rubrics/${shown.id}/file`, { format: form });
  return (
    <Panel title="Versions" tools={<><a href={file("yaml")} {...buttonLook("plain", "small")}>YAML</a><a href={file("json")} {...buttonLook("plain", "small")}>JSON</a></>}>
      <ul className={css.versions}>
        {versions.map((v) => (
          <li key={v.id}>
            {v.id === shown.id ? <b>Version {v.version}</b> : <Link to="/p/$projectId/rubric" params={{ projectId: project }} search={{ rubric: v.id }}>Version {v.version}</Link>}
            <span className="dim"> {moment(v.at)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function useSave(project: number) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: { rubric?: Rubric; text?: string }) => api.post<RubricView>(`/projects/${project}/rubrics`, body),
    onSuccess: (saved) => {
      for (const key of ["rubrics", "judges"]) void client.invalidateQueries({ queryKey: [key, project] });
      notify(`Saved ${saved.name}, version ${saved.version}.`);
      void navigate({ to: "/p/$projectId/rubric", params: { projectId: project }, search: { rubric: saved.id } });
    },
  });
}
