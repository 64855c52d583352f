/** What a connected model may do in a project, in words. */
import type { Connection, Project } from "../../../api/types";

/** Whether the project's rules on data let it see anything. */
export function isAllowed(project: Project, connection: Connection): boolean {
  const { models } = project.spec.policy.data;
  return models.includes("*") || models.includes(connection.name) || (connection.local && models.includes("local"));
}

export function currencyOf(connection: Connection | undefined): string {
  const { currency } = connection?.prices ?? {};
  return typeof currency === "string" ? currency : "USD";
}

export function whereItRuns(connection: Connection): string {
  if (connection.plugin === "scripted") return "A rehearsal: answers come from a script, no model is asked.";
  return connection.local ? "Runs on a machine of yours." : "Runs with its provider: what it is asked leaves your machine.";
}
