/** Taking bulk decisions back and again, and refreshing what they change. */
import type { QueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { plural } from "../../ui/format";
import { notify, notifyError } from "../../ui/notify";

const TOUCHED = ["items", "item", "facets", "project", "bulk", "models", "permissions", "guarantee", "duplicates"];

export function refreshAfterBulk(client: QueryClient, project: number): void {
  for (const key of TOUCHED) void client.invalidateQueries({ queryKey: [key, project] });
}

export function undoBulk(client: QueryClient, project: number, bulk: number, what = "answer"): void {
  api
    .post<{ reverted: number }>(`/projects/${project}/bulk/${bulk}/undo`)
    .then(({ reverted }) => notify(`Taken back: ${plural(reverted, what)}.`, { text: "Redo", run: () => redoBulk(client, project, bulk, what) }))
    .catch(notifyError)
    .finally(() => refreshAfterBulk(client, project));
}

export function redoBulk(client: QueryClient, project: number, bulk: number, what = "answer"): void {
  api
    .post(`/projects/${project}/bulk/${bulk}/redo`)
    .then(() => notify("Done again.", { text: "Undo", run: () => undoBulk(client, project, bulk, what) }))
    .catch(notifyError)
    .finally(() => refreshAfterBulk(client, project));
}
