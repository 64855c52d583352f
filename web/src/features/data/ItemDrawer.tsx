/** One item in full beside the list: its fields, who answered what, comments, history. */
import { Textarea } from "@mantine/core";
import { IconExternalLink, IconFlag, IconFlagFilled, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { itemQuery } from "../../api/queries";
import type { ItemDetail, Project } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, buttonLook, ErrorNote, IconButton, Skeleton } from "../../ui";
import { ago, brief, moment } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notifyError } from "../../ui/notify";
import { AnnotationList } from "./AnnotationList";
import { setAside, takeBack } from "./aside";
import css from "./data.module.css";
import { FieldValue } from "./FieldValue";
import type { SetSearch } from "./FilterPanel";
import { StatusMark } from "./StatusMark";

export function ItemDrawer({ project, id, set }: { project: Project; id: number; set: SetSearch }) {
  const detail = useQuery(itemQuery(project.id, id));
  const item = detail.data?.item;
  return (
    <aside className={css.drawer} aria-label="Item">
      <div className={css.drawerHead}>
        <h2 className={layout.grow}>
          Item {item?.ord ?? ""} {item?.key ? <span className="dim mono">{item.key}</span> : null}
        </h2>
        {item ? <Flag project={project.id} id={id} flagged={item.flagged} /> : null}
        <Link to="/p/$projectId/label" params={{ projectId: project.id }} search={{ item: id }} {...buttonLook("plain", "small")}>
          <IconExternalLink size={14} aria-hidden />
          Label
        </Link>
        <IconButton label="Close" onClick={() => set({ item: undefined })}>
          <IconX size={16} />
        </IconButton>
      </div>
      <div className={css.drawerBody}>
        <ErrorNote error={detail.error} onRetry={() => void detail.refetch()} />
        {detail.isPending ? <Skeleton height={160} /> : null}
        {detail.data ? <Detail project={project} detail={detail.data} set={set} /> : null}
      </div>
    </aside>
  );
}

function Detail({ project, detail, set }: { project: Project; detail: ItemDetail; set: SetSearch }) {
  const { item } = detail;
  const meta = Object.entries(item.meta);
  return (
    <>
      {project.spec.fields.map((field) => (
        <section key={field.name}>
          {project.spec.fields.length > 1 ? <h3 className="dim">{field.title ?? field.name}</h3> : null}
          <FieldValue field={field} value={item.data[field.name]} />
        </section>
      ))}
      <div className={layout.row}>
        <StatusMark status={item.status} />
        <span className={layout.grow} />
        {manages(project.my_role) ? <Aside project={project.id} id={item.id} aside={item.status === "aside"} /> : null}
        <Button size="small" onClick={() => set({ similar: item.id, phrase: undefined })}>
          Find similar items
        </Button>
      </div>
      <section>
        <h2>Answers</h2>
        <AnnotationList project={project} annotations={detail.annotations} />
      </section>
      {meta.length > 0 ? (
        <section>
          <h2>Metadata</h2>
          <dl className={css.pairs}>
            {meta.map(([name, value]) => (
              <div key={name} style={{ display: "contents" }}>
                <dt>{name}</dt>
                <dd>{brief(value, 400)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ) : null}
      <Comments project={project.id} detail={detail} />
      <History detail={detail} />
    </>
  );
}

/** Sets the item aside for everybody, or takes it back. */
function Aside({ project, id, aside }: { project: number; id: number; aside: boolean }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: () => (aside ? takeBack : setAside)(client, project, { item_ids: [id] }),
    onError: notifyError,
  });
  return (
    <Button size="small" busy={act.isPending} onClick={() => act.mutate()}>
      {aside ? "Take back" : "Set aside"}
    </Button>
  );
}

function Flag({ project, id, flagged }: { project: number; id: number; flagged: boolean }) {
  const client = useQueryClient();
  const flag = useMutation({
    mutationFn: () => api.post(`/projects/${project}/items/${id}/flag`, { flagged: !flagged }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["item", project, id] });
      void client.invalidateQueries({ queryKey: ["items", project] });
    },
  });
  const Icon = flagged ? IconFlagFilled : IconFlag;
  return (
    <IconButton label={flagged ? "Take the flag away" : "Flag"} aria-pressed={flagged} disabled={flag.isPending} onClick={() => flag.mutate()}>
      <Icon size={16} />
    </IconButton>
  );
}

function Comments({ project, detail }: { project: number; detail: ItemDetail }) {
  const [text, setText] = useState("");
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: () => api.post(`/projects/${project}/items/${detail.item.id}/comments`, { text: text.trim() }),
    onSuccess: () => {
      setText("");
      void client.invalidateQueries({ queryKey: ["item", project, detail.item.id] });
    },
  });
  return (
    <section>
      <h2>Comments</h2>
      {detail.comments.map((comment) => (
        <div key={comment.id} className={css.answer}>
          <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{comment.text}</div>
          <div className={layout.help}>
            {comment.user}, {ago(comment.created_at)}
          </div>
        </div>
      ))}
      <div className={`${layout.stack} ${layout.tight}`} style={{ marginTop: 8 }}>
        <Textarea aria-label="New comment" placeholder="Write a comment" autosize minRows={1} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        {text.trim() ? (
          <div>
            <Button size="small" busy={add.isPending} onClick={() => add.mutate()}>
              Add comment
            </Button>
          </div>
        ) : null}
        <ErrorNote error={add.error} />
      </div>
    </section>
  );
}

function History({ detail }: { detail: ItemDetail }) {
  if (detail.history.length === 0) return null;
  return (
    <section>
      <h2>History</h2>
      <dl className={css.pairs}>
        {detail.history.map((event) => (
          <div key={event.id} style={{ display: "contents" }}>
            <dt>{moment(event.at)}</dt>
            <dd>
              {event.kind.replaceAll(/[._]/g, " ")}
              {event.user ? ` by ${event.user}` : ""}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
