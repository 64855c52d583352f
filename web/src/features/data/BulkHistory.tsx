/** Every decision over many items, newest first; each can be taken back or done again. */
import { Drawer } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { bulkQuery } from "../../api/queries";
import { Button, Empty, ErrorNote, Skeleton } from "../../ui";
import { ago, plural } from "../../ui/format";
import { PermissionList } from "../../ui/guarantee";
import layout from "../../ui/layout.module.css";
import { redoBulk, undoBulk } from "./bulk";

const KINDS: Record<string, string> = { label: "labelled", accept: "accepted", aside: "set aside" };

export function BulkHistory({ project, open, onClose }: { project: number; open: boolean; onClose(): void }) {
  const history = useQuery({ ...bulkQuery(project), enabled: open });
  const client = useQueryClient();
  return (
    <Drawer opened={open} onClose={onClose} position="right" size={440} title="Bulk history">
      <h3>Promises</h3>
      <PermissionList project={project} latest={5} />
      <h3>Decisions</h3>
      <ErrorNote error={history.error} />
      {history.isLoading ? <Skeleton height={80} /> : null}
      {history.data?.length === 0 ? <Empty title="Nothing yet" text="Decisions over many items at once are listed here, and can be undone as one." /> : null}
      <div className={layout.stack}>
        {(history.data ?? []).map((entry) => (
          <div key={entry.id} className={layout.row}>
            <div className={layout.grow} style={{ opacity: entry.undone ? 0.7 : 1 }}>
              <div>
                {plural(entry.n, "item")} {KINDS[entry.kind] ?? entry.kind} {entry.question ? <span className="dim">({entry.question})</span> : null}
                {entry.undone ? <em> taken back</em> : null}
              </div>
              <div className={layout.help}>
                {entry.by}, {ago(entry.at)}
                {typeof entry.args.reason === "string" && entry.args.reason !== "" ? `; ${entry.args.reason}` : ""}
                {entry.basis === "no guarantee" ? "; without a guarantee" : ""}
              </div>
              {entry.promise ? <div className={layout.help}>{entry.promise.words}</div> : null}
            </div>
            <Button size="small" onClick={() => (entry.undone ? redoBulk : undoBulk)(client, project, entry.id, entry.kind === "aside" ? "item" : "answer")}>
              {entry.undone ? "Redo" : "Undo"}
            </Button>
          </div>
        ))}
      </div>
    </Drawer>
  );
}
