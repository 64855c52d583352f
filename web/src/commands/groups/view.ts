/** Commands about what is on the screen. */

import type { Command } from "../command";

export interface ViewActions {
  togglePanel(): void;
  toggleLabels(): void;
  show(tab: "suggestions" | "assistant" | "judge" | "guide" | "history" | "comments"): void;
  unsaved(): void;
}

export function viewCommands(actions: ViewActions): Command[] {
  const common = { group: "View", scope: "global" } as const;
  return [
    { ...common, id: "view.panel", title: "Show or hide the side panel", keys: ["\\"], run: actions.togglePanel },
    { ...common, id: "view.labels", title: "Show or hide the label column", keys: ["Alt+\\"], run: actions.toggleLabels },
    { ...common, id: "view.guide", title: "Guidelines", keys: ["G"], run: () => actions.show("guide") },
    { ...common, id: "view.suggestions", title: "Suggestions", keys: ["Alt+S"], run: () => actions.show("suggestions") },
    { ...common, id: "view.history", title: "History", keys: ["Alt+H"], run: () => actions.show("history") },
    { ...common, id: "view.comments", title: "Comments", keys: ["Alt+C"], run: () => actions.show("comments") },
    { ...common, id: "view.unsaved", title: "What is not saved yet", keys: [], run: actions.unsaved },
  ];
}
