/** Near-duplicates: search a field, compare the groups side by side, set aside what is not needed. */
import { Select, Slider } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { isOver, projectQuery } from "../../api/queries";
import type { Job, NearReply, NearSearch, Project, SetAside } from "../../api/types";
import { duplicateCommands } from "../../commands/groups/duplicates";
import { useCommands } from "../../commands/live";
import { Button, Empty, ErrorNote, Note, Skeleton } from "../../ui";
import { Confirm } from "../../ui/Confirm";
import { ago, count, percent, plural } from "../../ui/format";
import { JobCard } from "../../ui/JobCard";
import layout from "../../ui/layout.module.css";
import { notifyError } from "../../ui/notify";
import { setAside, takeBack } from "./aside";
import { DuplicateGroup } from "./DuplicateGroup";
import css from "./duplicates.module.css";
import { duplicatesQuery, GROUPS, moved, others, setAsideIn, type Place } from "./duplicates";

const route = getRouteApi("/inside/p/$projectId/duplicates");
const REASON = "nearly the same";

export function DuplicatesPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  if (!project) return null;
  const fitting = project.spec.fields.some((field) => ["text", "markdown", "html", "image"].includes(field.kind));
  if (fitting) return <Duplicates key={project.id} project={project} />;
  return <Empty title="Nothing to compare" text="Near-duplicates are found among texts and pictures; this project has neither." />;
}

function Duplicates({ project }: { project: Project }) {
  const { field, page = 0 } = route.useSearch();
  const found = useQuery(duplicatesQuery(project.id, field, page));
  if (found.isPending) return <div className={layout.page}><Skeleton height={320} /></div>;
  if (!found.data) return <div className={layout.page}><ErrorNote error={found.error} onRetry={() => void found.refetch()} /></div>;
  return <Found key={`${found.data.field}-${found.data.search?.at ?? 0}`} project={project} reply={found.data} page={page} />;
}

function Found({ project, reply, page }: { project: Project; reply: NearReply; page: number }) {
  const { search, job } = reply;
  const running = job !== null && !isOver(job);
  const wrong = job !== null && job.state === "failed" && (search === null || job.created_at > search.at);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <h1>Near-duplicates</h1>
        <SearchBar project={project.id} reply={reply} running={running} />
        <span className={layout.grow} />
        {search && search.groups > 0 ? <AllGroups project={project.id} search={search} /> : null}
      </header>
      {running || wrong ? <div className={css.job}><JobCard job={job} /></div> : null}
      {search && reply.newer > 0 && !running ? (
        <Note tone="warn">{plural(reply.newer, "item has", "items have")} come since this search. Search again to compare {reply.newer === 1 ? "it" : "them"}.</Note>
      ) : null}
      {search ? <Summary search={search} /> : null}
      {search === null && !running ? (
        <Empty title="Not searched yet" text="Milo compares all items by their words or by how their pictures look, and shows those that are nearly the same, group by group. Nothing is changed by that." />
      ) : null}
      {search && search.groups === 0 && !running ? <Empty title="No near-duplicates" text={`No two items are ${percent(search.least)} alike or more. A lower likeness finds more.`} /> : null}
      {search && reply.groups.length > 0 ? <Groups project={project.id} reply={reply} page={page} /> : null}
      {search && search.groups > GROUPS ? <Pages pages={Math.ceil(search.groups / GROUPS)} page={page} /> : null}
    </div>
  );
}

function Summary({ search }: { search: NearSearch }) {
  return (
    <p className={layout.help}>
      {plural(search.items, "item")} compared {ago(search.at)}: {plural(search.groups, "group")} at least {percent(search.least)} alike, {plural(search.spare, "item")} more than needed.
      {search.unread > 0 ? ` ${plural(search.unread, "picture")} could not be read.` : ""} Items that were set aside before are not compared.
    </p>
  );
}

function SearchBar({ project, reply, running }: { project: number; reply: NearReply; running: boolean }) {
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const usual = reply.fields.find((one) => one.name === reply.field)?.usual ?? 0.7;
  const [least, setLeast] = useState(reply.search?.least ?? usual);
  const start = useMutation({
    mutationFn: () => api.post<Job>(`/projects/${project}/duplicates`, { field: reply.field, least }),
    onError: notifyError,
    onSettled: () => client.invalidateQueries({ queryKey: ["duplicates", project] }),
  });
  return (
    <div className={`${layout.row} ${layout.wrap}`}>
      {reply.fields.length > 1 ? (
        <Select
          aria-label="Field" size="xs" w={150} value={reply.field} allowDeselect={false} data={reply.fields.map((one) => one.name)}
          onChange={(field) => void navigate({ search: field === null ? {} : { field } })}
        />
      ) : null}
      <span>at least</span>
      <Slider
        aria-label="Likeness" w={130} size="sm" min={0.3} max={1} step={0.01} value={least} onChange={(value) => setLeast(Math.round(value * 100) / 100)} label={null}
        thumbLabel="Likeness"
      />
      <strong className={css.least}>{percent(least)}</strong>
      <span>alike</span>
      <Button kind="primary" size="small" busy={start.isPending} disabled={running} onClick={() => start.mutate()}>
        {running ? "Searching …" : reply.search ? "Search again" : "Search"}
      </Button>
    </div>
  );
}

/** One step for all groups, told first. */
function AllGroups({ project, search }: { project: number; search: NearSearch }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<SetAside | null>(null);
  const ask = useMutation({
    mutationFn: () => api.post<SetAside>(`/projects/${project}/aside`, { op_id: crypto.randomUUID(), duplicates_of: search.field, dry_run: true }),
    onSuccess: setAsked,
    onError: notifyError,
  });
  const go = useMutation({ mutationFn: () => setAside(client, project, { duplicates_of: search.field }, REASON), onError: notifyError });
  const none = asked?.changed === 0;
  return (
    <>
      <Button size="small" busy={ask.isPending || go.isPending} onClick={() => ask.mutate()}>Keep one of every group…</Button>
      <Confirm
        open={asked !== null} title="Keep one item of every group?" action={none ? "Close" : "Set aside"} onClose={() => setAsked(null)} onConfirm={() => none || go.mutate()}
        text={none ? "All groups have one item left already." : `${plural(asked?.changed ?? 0, "item")} will be set aside${asked && asked.answered > 0 ? `; ${count(asked.answered)} of them have answers, which they keep` : ""}. Of each group the first that somebody has answered stays, else the earliest. Nobody is asked about the others any more, and exports of labels leave them out. All can be taken back.`}
      />
    </>
  );
}

function Groups({ project, reply, page }: { project: number; reply: NearReply; page: number }) {
  const client = useQueryClient();
  const [at, setAt] = useState<Place>({ group: 0, item: 0 });
  const act = useMutation({
    mutationFn: ({ way, ids }: { way: "aside" | "back"; ids: number[] }) =>
      way === "aside" ? setAside(client, project, { item_ids: ids }, REASON) : takeBack(client, project, { item_ids: ids }),
    onError: notifyError,
  });
  const run = (way: "aside" | "back", ids: number[]) => {
    if (ids.length > 0 && !act.isPending) act.mutate({ way, ids });
  };
  const sizes = reply.groups.map((group) => group.items.length);
  const group = reply.groups[Math.min(at.group, sizes.length - 1)];
  const item = group?.items[at.item];
  useCommands("duplicates", duplicateCommands({
    move: (way) => setAt(moved(at, way, sizes)),
    toggle: () => item && run(item.status === "aside" ? "back" : "aside", [item.id]),
    keepThis: () => group && item && item.status !== "aside" && run("aside", others(group, item.id)),
    keepOne: () => group && run("aside", others(group)),
    back: () => group && run("back", setAsideIn(group)),
  }));
  const acts = { aside: (ids: number[]) => run("aside", ids), back: (ids: number[]) => run("back", ids), busy: act.isPending };
  return (
    <div className={layout.stack}>
      {reply.groups.map((one, k) => (
        <DuplicateGroup
          key={one.id} project={project} group={one} place={page * GROUPS + k + 1} at={at.group === k ? at.item : null}
          onAt={(next) => setAt({ group: k, item: next })} acts={acts}
        />
      ))}
    </div>
  );
}

function Pages({ pages, page }: { pages: number; page: number }) {
  const navigate = route.useNavigate();
  const go = (next: number) => void navigate({ search: (now) => ({ ...now, page: next === 0 ? undefined : next }) });
  return (
    <nav className={css.pages} aria-label="Pages of groups">
      <Button size="small" disabled={page === 0} onClick={() => go(page - 1)}>Before</Button>
      <span>{count(page + 1)} of {count(pages)}</span>
      <Button size="small" disabled={page + 1 >= pages} onClick={() => go(page + 1)}>Next</Button>
    </nav>
  );
}
