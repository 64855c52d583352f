/** What to offer to whom. The server decides; this only keeps useless controls off the screen. */
import type { Role } from "../api/types";

const rank: Record<Role, number> = { annotator: 0, reviewer: 1, manager: 2, owner: 3 };

export function atLeast(role: Role, needed: Role): boolean {
  return rank[role] >= rank[needed];
}

/** Sees the data grid and the models. */
export const seesData = (role: Role): boolean => atLeast(role, "reviewer");

/** Imports, exports, bulk decisions, models, settings. */
export const manages = (role: Role): boolean => atLeast(role, "manager");

/** One sentence per role, for pickers. */
export const roleMeaning: Record<Role, string> = {
  annotator: "labels items and sees only their own answers",
  reviewer: "also sees all data, answers and models",
  manager: "also imports, exports, changes the project and its models",
  owner: "may do everything, also delete",
};
export const ROLES: readonly Role[] = ["annotator", "reviewer", "manager", "owner"];
