/** Short names of questions, and the labels that a question knows, for lists and chips where space is scarce. */
import type { Label, Question } from "../../api/types";

const LONGEST = 18;
/** Words that say nothing at the end of a cut name. */
const LOOSE = new Set(["a", "an", "the", "is", "it", "of", "does", "do", "to", "in", "and", "or", "are", "this", "that", "many", "worth"]);

/** "How urgent is it?" -> "How urgent"; where nothing useful is left of the title, the name: "topic" -> "Topic". */
export function shortTitle(question: Question): string {
  const title = (question.title ?? "").trim().replace(/[?:.!]+$/, "");
  if (title !== "" && title.length <= 12) return title;
  const words = title.split(/\s+/).filter(Boolean);
  while (words.length > 1 && (words.join(" ").length > LONGEST || LOOSE.has(words.at(-1)?.toLowerCase() ?? ""))) words.pop();
  if (words.length > 1 || (words.length === 1 && title === words[0] && title.length <= LONGEST)) return words.join(" ");
  const name = question.name.replaceAll("_", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export interface Option {
  value: string;
  title: string;
  /** What the value itself is, or where it stands in a tree. */
  hint: string;
}

/** What can be answered, in the order of the question: its labels, or the steps of its scale. */
export function optionsOf(question: Question): Option[] {
  const { config } = question;
  const captions = config.labels ?? {};
  if (Array.isArray(captions)) return labelOptions(captions as (Label | string)[]);
  if (typeof config.min !== "number" && typeof config.max !== "number") return [];
  const low = Number(config.min ?? 1);
  const steps = Math.max(0, Math.min(100, Number(config.max ?? 5) - low) + 1);
  return Array.from({ length: steps }, (_, at) => {
    const value = String(low + at);
    const caption = (captions as Record<string, unknown>)[value];
    return { value, title: typeof caption === "string" ? `${value}  ${caption}` : value, hint: typeof caption === "string" ? caption : value };
  });
}

function labelOptions(raw: readonly (Label | string)[]): Option[] {
  const labels = raw.map((entry) => (typeof entry === "string" ? { value: entry } : entry));
  const byValue = new Map(labels.map((label) => [label.value, label]));
  return labels.map((label) => {
    const title = label.title ?? label.value;
    const path = [title];
    for (let up = byValue.get(label.parent ?? ""); up && path.length < 10; up = byValue.get(up.parent ?? "")) path.unshift(up.title ?? up.value);
    return { value: label.value, title, hint: path.length > 1 ? `${path.join(" › ")} (${label.value})` : label.value };
  });
}
