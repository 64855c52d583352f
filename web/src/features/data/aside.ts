/** Setting items aside for everybody and taking them back, with a way to undo it at hand. */
import type { QueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { SetAside } from "../../api/types";
import { count, plural } from "../../ui/format";
import { notify } from "../../ui/notify";
import { refreshAfterBulk, undoBulk } from "./bulk";

export type Which = { item_ids: number[] } | { filter: object } | { duplicates_of: string };

export async function setAside(client: QueryClient, project: number, which: Which, reason = ""): Promise<void> {
  try {
    const done = await api.post<SetAside>(`/projects/${project}/aside`, { op_id: crypto.randomUUID(), reason, ...which });
    const { bulk } = done;
    notify(told(done), bulk === null || done.changed === 0 ? undefined : { text: "Undo", run: () => undoBulk(client, project, bulk, "item") });
  } finally {
    refreshAfterBulk(client, project);
  }
}

export async function takeBack(client: QueryClient, project: number, which: { item_ids: number[] } | { filter: object }): Promise<void> {
  try {
    const { back } = await api.post<{ back: number }>(`/projects/${project}/aside/back`, which);
    notify(back === 0 ? "None of them was set aside." : `${plural(back, "item")} taken back.`);
  } finally {
    refreshAfterBulk(client, project);
  }
}

/** "12 items set aside; 3 of them have answers, which they keep." */
function told(done: SetAside): string {
  const more = [
    done.answered > 0 ? `${count(done.answered)} of them ${done.answered === 1 ? "has answers, which it keeps" : "have answers, which they keep"}` : "",
    done.already > 0 ? `${count(done.already)} ${done.already === 1 ? "was" : "were"} set aside before` : "",
  ].filter(Boolean);
  return [`${plural(done.changed, "item")} set aside`, ...more].join("; ") + ".";
}
