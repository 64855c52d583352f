/** Near-duplicates as the server found them, and what of a group is kept. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import { isOver } from "../../api/queries";
import type { NearGroup, NearItem, NearReply } from "../../api/types";

export const GROUPS = 20;

export const duplicatesQuery = (project: number, field: string | undefined, page: number) =>
  queryOptions({
    queryKey: ["duplicates", project, field ?? null, page],
    queryFn: () => api.get<NearReply>(`/projects/${project}/duplicates`, { field, offset: page * GROUPS, limit: GROUPS }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.job && !isOver(state.data.job) ? 1000 : false),
  });

/** The items that nobody has set aside. */
export const standing = (group: NearGroup): NearItem[] => group.items.filter((item) => item.status !== "aside");

/** The item that stays when all others go: the first that somebody has answered, else the earliest. */
export function keeper(group: NearGroup): NearItem | undefined {
  const left = standing(group);
  return left.find((item) => item.answers > 0) ?? left[0];
}

/** All but one; without one named, all but the keeper. */
export function others(group: NearGroup, kept = keeper(group)?.id): number[] {
  return standing(group).filter((item) => item.id !== kept).map((item) => item.id);
}

export const setAsideIn = (group: NearGroup): number[] => group.items.filter((item) => item.status === "aside").map((item) => item.id);

/** A place on the page: which group, which item in it. */
export interface Place {
  group: number;
  item: number;
}

/** One step within the groups shown: sideways in a group, or to the first item of the group before or behind. */
export function moved(at: Place, way: "left" | "right" | "up" | "down", sizes: readonly number[]): Place {
  const last = sizes.length - 1;
  if (last < 0) return at;
  if (way === "left" || way === "right") {
    const item = at.item + (way === "right" ? 1 : -1);
    return { group: at.group, item: Math.max(0, Math.min(item, (sizes[at.group] ?? 1) - 1)) };
  }
  const group = Math.max(0, Math.min(at.group + (way === "down" ? 1 : -1), last));
  return group === at.group ? at : { group, item: 0 };
}
