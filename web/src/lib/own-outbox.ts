/** The outbox of the signed-in user. Every page for signed-in people keeps it going, not only the one that fills it. */
import { browserDb } from "./browser-db";
import { Outbox } from "./outbox";

let active: Outbox | null = null;

/** The outbox of the signed-in user; the same object for the whole page. */
export function outboxFor(user: number): Outbox {
  if (active?.user === user) return active;
  active?.close();
  active = new Outbox(user);
  listen(active);
  void active.recount().then(() => active?.flush(), () => undefined);
  return active;
}

/** Whether anything of the signed-in user has not reached the server yet. */
export function hasUnsynced(): boolean {
  const status = active?.status();
  return status !== undefined && status.queued + status.parked > 0;
}

/** How many things of that user wait in this browser; 0 where the browser keeps nothing. */
export async function unsyncedCount(user: number): Promise<number> {
  return browserDb().then((db) => db.countFromIndex("outbox", "user", user), () => 0);
}

function listen(outbox: Outbox): void {
  window.addEventListener("online", () => active === outbox && outbox.wake());
  window.addEventListener("pagehide", () => active === outbox && outbox.parting());
  document.addEventListener("visibilitychange", () => {
    if (active !== outbox) return;
    if (document.visibilityState === "hidden") outbox.parting();
    else void outbox.flush();
  });
}
