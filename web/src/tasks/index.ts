/** The registry of task widgets: every folder beside this file whose index.tsx exports `widget`. */
import type { TaskWidget } from "./types";

const found = import.meta.glob<{ widget: TaskWidget }>("./*/index.tsx", { eager: true });

/** Widgets by task type. */
export const widgets: Record<string, TaskWidget> = Object.fromEntries(
  Object.values(found).map(({ widget }) => [widget.type, widget]),
);

export type { Command, Place, SettingsProps, SuggestionPart, TaskWidget, WidgetProps } from "./types";
