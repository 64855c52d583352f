/** Which parts of a project differ from what is stored: only those are sent. */
import type { ProjectSpec } from "../../api/types";

const PARTS = ["name", "description", "guidelines", "fields", "questions", "policy"] as const;

/** Equal where they print equally once empty parts are left out, in any order of keys. */
function print(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    const kept = Object.entries(inner).filter(([, v]) => v !== undefined && v !== null && v !== "");
    return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function changedParts(stored: ProjectSpec, edited: ProjectSpec): Partial<ProjectSpec> {
  const changed = PARTS.filter((part) => print(stored[part] ?? "") !== print(edited[part] ?? ""));
  return Object.fromEntries(changed.map((part) => [part, edited[part]]));
}
