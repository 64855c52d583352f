/** Commands that label-like widgets offer: one per label key, and the type-ahead. */
import { useEffect, useRef } from "react";
import type { Question } from "../../api/types";
import type { Command, WidgetProps } from "../types";
import { labelCommandId } from "../keycaps";
import type { LabelEntry } from "./label-set";

/** From this many labels on there is a filter. */
export const FILTER_FROM = 11;

/** One command per label that has a key. */
export function labelCommands(question: Question, labels: readonly LabelEntry[], pick: (label: LabelEntry) => void, verb = ""): Command[] {
  const group = question.title ?? question.name;
  return labels
    .filter((label) => label.key !== null)
    .map((label) => ({
      id: labelCommandId(question, label.value),
      title: verb ? `${verb} ${label.title}` : label.title,
      keys: [label.key!],
      group,
      scope: "label" as const,
      run: () => pick(label),
    }));
}

/** The command that puts the caret into the filter; none where there are few labels. */
export function filterCommand(question: Question, labels: readonly LabelEntry[], focus: () => void): Command[] {
  if (labels.length < FILTER_FROM) return [];
  const group = question.title ?? question.name;
  return [{ id: labelCommandId(question, "filter"), title: "Find a label", keys: ["L"], group, scope: "label", run: focus }];
}

/**
 * Gives the commands to the workbench while the widget has the keyboard. They are handed in again only when their
 * ids, keys or states change; running one always runs the latest.
 */
export function useCommands({ active, readOnly, setCommands }: Pick<WidgetProps, "active" | "readOnly" | "setCommands">, commands: Command[]): void {
  const latest = useRef(commands);
  const give = useRef(setCommands);
  useEffect(() => {
    latest.current = commands;
    give.current = setCommands;
  });
  const on = active && !readOnly;
  const signature = on ? commands.map((c) => `${c.id}\t${c.keys.join(" ")}\t${c.title}\t${c.enabled ?? true}`).join("\n") : "";
  useEffect(() => {
    if (!on) return;
    const run = (id: string) => latest.current.find((c) => c.id === id)?.run();
    give.current(latest.current.map((c) => ({ ...c, run: () => run(c.id) })));
    return () => give.current([]);
  }, [on, signature]);
}
