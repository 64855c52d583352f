/** The connected models that rules can name. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "../../../api/client";

interface Known {
  name: string;
  model: string;
  local: boolean;
  enabled: boolean;
}

const known = queryOptions({ queryKey: ["connections"], queryFn: () => api.get<Known[]>("/connections"), staleTime: 60_000, retry: false });

export interface Choice {
  value: string;
  label: string;
}

/** Names to choose from; `also` stay in the list even if no connection has that name (any more). */
export function useConnectionChoices(also: readonly string[]): Choice[] {
  const found = useQuery(known).data ?? [];
  const names = found.map(({ name, model, local }) => ({ value: name, label: `${name}${model && model !== name ? `, ${model}` : ""}${local ? " (local)" : ""}` }));
  const missing = also.filter((name) => !WIDE.has(name) && !found.some((one) => one.name === name));
  return [...names, ...[...new Set(missing)].map((name) => ({ value: name, label: `${name} (not connected)` }))];
}

const WIDE = new Set(["local", "*"]);
export const WIDE_CHOICES: readonly Choice[] = [
  { value: "local", label: "Every local model" },
  { value: "*", label: "Every connected model" },
];
