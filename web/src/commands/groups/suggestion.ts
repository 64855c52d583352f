/** Commands about what models suggest. */

import type { Command } from "../command";

export interface SuggestionActions {
  accept(): void;
  reject(): void;
  acceptAll(): void;
  next(): void;
  previous(): void;
  higher(): void;
  lower(): void;
  reveal(): void;
  bulk(): void;
  pending: number;
  acceptable: number;
  hiddenNow: boolean;
  mayBulk: boolean;
}

export function suggestionCommands(actions: SuggestionActions): Command[] {
  const common = { group: "Suggestions", scope: "suggestion" } as const;
  const some = actions.pending > 0;
  return [
    { ...common, id: "suggestion.accept", title: "Accept the current suggestion", keys: ["A"], enabled: some, run: actions.accept },
    { ...common, id: "suggestion.reject", title: "Reject the current suggestion", keys: ["R"], enabled: some, run: actions.reject },
    { ...common, id: "suggestion.accept-all", title: "Accept all that are confident enough", keys: ["Shift+A"], enabled: actions.acceptable > 0, run: actions.acceptAll },
    { ...common, id: "suggestion.next", title: "Next suggestion", keys: ["."], enabled: actions.pending > 1, repeat: true, run: actions.next },
    { ...common, id: "suggestion.previous", title: "Previous suggestion", keys: [","], enabled: actions.pending > 1, repeat: true, run: actions.previous },
    { ...common, id: "suggestion.higher", title: "Raise the minimum confidence", keys: ["Shift+ArrowUp"], repeat: true, run: actions.higher },
    { ...common, id: "suggestion.lower", title: "Lower the minimum confidence", keys: ["Shift+ArrowDown"], repeat: true, run: actions.lower },
    { ...common, id: "suggestion.reveal", title: "Show the suggestions", keys: ["Q"], enabled: actions.hiddenNow, run: actions.reveal },
    ...(actions.mayBulk
      ? [{ ...common, id: "suggestion.bulk", title: "Accept suggestions on many items", keys: ["Alt+A"], run: actions.bulk }]
      : []),
  ];
}
