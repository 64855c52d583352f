/** How a label value looks, found in the question's own list; anything else is shown as it is. */

import { clockText } from "../../media/time/axis";
import type { Item, Label, Question } from "../../api/types";
import type { SuggestionPart } from "../../tasks/types";
import { brief } from "../../ui/format";
import { labelColor } from "../../ui/labelColor";

export function labelLook(question: Question, value: string): { title: string; color: string } {
  const list = Array.isArray(question.config.labels) ? (question.config.labels as (Label | string)[]) : [];
  const at = list.findIndex((l) => (typeof l === "string" ? l : l.value) === value);
  const label = list[at];
  if (label === undefined) return { title: brief(value, 120), color: "var(--suggest)" };
  if (typeof label === "string") return { title: label, color: labelColor(null, at) };
  return { title: label.title ?? label.value, color: labelColor(label, at) };
}

/** How a part of a suggestion looks; one of several labels is named by all of them. */
export function partLook(question: Question, part: SuggestionPart): { title: string; color: string } {
  if (!Array.isArray(part.part)) return labelLook(question, part.title);
  const looks = part.part.map((value) => labelLook(question, String(value)));
  return { title: looks.map((look) => look.title).join(", "), color: looks[0]?.color ?? "var(--suggest)" };
}

/** What tells one region from another in a list: the marked words, the time and what is said then, or the size; null for what is no region. */
export function partDetail(part: unknown, item: Item, field: string | undefined): string | null {
  if (typeof part !== "object" || part === null) return null;
  const { start, end, w, h } = part as Partial<Record<"start" | "end" | "w" | "h", number>>;
  const text = item.data[(part as { field?: string }).field ?? field ?? ""];
  if (start !== undefined && end !== undefined && typeof text === "string") return `“${brief(sliceCodePoints(text, start, end), 60)}”`;
  if (start !== undefined && end !== undefined && typeof text === "object") return timeDetail(start, (part as { text?: unknown }).text);
  return w !== undefined && h !== undefined ? `${Math.round(w)} × ${Math.round(h)}` : null;
}

function timeDetail(start: number, said: unknown): string {
  return [clockText(start, 0.01), typeof said === "string" && said !== "" ? `“${brief(said, 60)}”` : ""].filter(Boolean).join(" ");
}

/** Offsets count code points; walking from the start is enough for the few words of a list. */
function sliceCodePoints(text: string, start: number, end: number): string {
  let at = 0;
  let found = "";
  for (const character of text) {
    if (at >= end) break;
    if (at >= start) found += character;
    at += 1;
  }
  return found;
}
