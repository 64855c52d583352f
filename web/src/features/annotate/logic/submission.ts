/** What is sent to the server about one item, built from the item in hand. */

import type { ShownSuggestion, Submission, TimeEvent } from "../../../api/types";
import type { NewEntry } from "../../../lib/outbox";
import { newOpId } from "../../../lib/outbox";
import { stillAccepted } from "./editing";
import { askedQuestions, sealedAnswers, type Rules } from "./questions";
import type { Open } from "./state";
import { fromAssistant } from "./suggestions";

export interface Context extends Rules {
  project: number;
  schemaVersion: number;
}

export function answerEntry(open: Open, context: Context, events: TimeEvent[], keystrokes: number): NewEntry {
  const asked = askedQuestions(context.questions, open.values);
  const body: Submission = {
    op_id: newOpId(),
    item_id: open.work.item.id,
    values: sealedAnswers(open.values, open.work.item, context),
    shown: shownByQuestion(open),
    accepted: stillAccepted(open, asked, context.widgets),
    keystrokes,
    events,
    client_at: Date.now() / 1000,
    schema_version: context.schemaVersion,
  };
  if (open.reopened) body.reopen = true;
  else body.assignment_id = open.work.assignment.id;
  return entry("answer", open, context, "answers", body, "Answer to");
}

export function skipEntry(open: Open, context: Context, reason: string, events: TimeEvent[]): NewEntry {
  const body = { op_id: newOpId(), item_id: open.work.item.id, reason, events };
  return entry("skip", open, context, "skip", body, "Skip of");
}

export function unsubmitEntry(open: Open, context: Context): NewEntry {
  const body = { op_id: newOpId(), item_id: open.work.item.id };
  return entry("unsubmit", open, context, "unsubmit", body, "Taking back");
}

/** Suggestions that were rejected as a whole, to be told with the answer. */
export function rejectEntries(open: Open, context: Context): NewEntry[] {
  const whole = open.work.suggestions.filter((s) => open.rejected.has(String(s.id)) && !fromAssistant(s));
  return whole.map((s) => entry("reject", open, context, `suggestions/${s.id}/reject`, { op_id: newOpId() }, "Rejected suggestion on"));
}

export function flagEntry(open: Open, context: Pick<Context, "project">, flagged: boolean, text: string): NewEntry {
  const body = { flagged, text };
  return entry("note", open, context, `items/${open.work.item.id}/flag`, body, "Flag on");
}

export function commentEntry(open: Open, context: Pick<Context, "project">, text: string): NewEntry {
  return entry("note", open, context, `items/${open.work.item.id}/comments`, { text }, "Comment on");
}

/** The answer as it was before suggestions appeared. */
export function firstAnswerEntry(open: Open, context: Pick<Context, "project">, question: string, value: unknown): NewEntry {
  return entry("note", open, context, `items/${open.work.item.id}/first-answer`, { question, value }, "First answer to");
}

export function telemetryEntry(project: number, events: TimeEvent[]): NewEntry {
  const path = `/projects/${project}/telemetry`;
  return { project, kind: "telemetry", item_id: null, method: "POST", path, body: { events }, title: "Record of time" };
}

function entry(
  kind: NewEntry["kind"], open: Open, { project }: Pick<Context, "project">, path: string, body: object, verb: string,
): NewEntry { // prettier-ignore
  const { id, ord } = open.work.item;
  return {
    op_id: "op_id" in body ? String(body.op_id) : newOpId(), project, kind, item_id: id, method: "POST", path: `/projects/${project}/${path}`, body,
    title: `${verb} item ${ord}`,
  }; // prettier-ignore
}

function shownByQuestion(open: Open): Record<string, ShownSuggestion[]> {
  const shown: Record<string, ShownSuggestion[]> = {};
  for (const { question, ...suggestion } of Object.values(open.seen)) (shown[question] ??= []).push(suggestion);
  return shown;
}
