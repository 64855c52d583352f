/** Live updates: one event stream per open project refreshes what is on the screen, at most once a second per kind. */
import type { QueryClient } from "@tanstack/react-query";
import { apiUrl } from "./client";

type Kind = "job" | "counts" | "model" | "item" | "study";

/** The query keys that a change makes stale. */
export function staleKeys(kind: string, project: number): unknown[][] {
  const keys: Record<Kind, unknown[][]> = {
    job: [["jobs", project], ["job"], ["runs", project]],
    counts: [["project", project], ["projects"], ["facets", project], ["review", project], ["checks", project]],
    model: [["models", project], ["runs", project]],
    study: [["studies", project], ["my-part", project]],
    item: [["items", project], ["item", project], ["bulk", project], ["quality", project, "gold"]],
  };
  return keys[kind as Kind] ?? [];
}

/** Opens the stream; returns a function that closes it. The browser reconnects on its own. */
export function followProject(client: QueryClient, project: number): () => void {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const source = new EventSource(apiUrl(`/projects/${project}/events`));
  const refresh = (kind: string) => {
    waiting.delete(kind);
    for (const queryKey of staleKeys(kind, project)) void client.invalidateQueries({ queryKey });
  };
  source.addEventListener("change", (event: MessageEvent<string>) => {
    const kind = readKind(event.data);
    if (kind === null || waiting.has(kind)) return;
    waiting.set(kind, setTimeout(refresh, kind === "item" ? 2000 : 600, kind));
  });
  return () => {
    source.close();
    waiting.forEach(clearTimeout);
  };
}

function readKind(data: string): string | null {
  try {
    return (JSON.parse(data) as { kind?: string }).kind ?? null;
  } catch {
    return null;
  }
}
