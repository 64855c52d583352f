/** Commands about the assistant. What it proposes is taken by a key of its own, never by itself. */

import type { AssistKind } from "../../api/types";
import type { Command } from "../command";

export interface AssistantActions {
  show(): void;
  ask(kind: AssistKind): void;
  take(): void;
  drop(): void;
  stop(): void;
  /** What may be asked for now. */
  ready: ReadonlySet<AssistKind>;
  proposed: boolean;
  busy: boolean;
}

export const OFFERS: readonly { kind: AssistKind; title: string; keys: string }[] = [
  { kind: "draft", title: "Draft an answer", keys: "Shift+D" },
  { kind: "explain", title: "Explain the suggestion", keys: "Shift+E" },
  { kind: "guide", title: "How do I label this?", keys: "Shift+Q" },
  { kind: "check", title: "Check my answer", keys: "Shift+C" },
  { kind: "rewrite", title: "Rewrite my text", keys: "Shift+R" },
];

export function assistantCommands(actions: AssistantActions): Command[] {
  const common = { group: "Assistant", scope: "suggestion" } as const;
  const offers = OFFERS.map(({ kind, title, keys }) => ({
    ...common, id: `assistant.${kind}`, title, keys: [keys], enabled: actions.ready.has(kind), run: () => actions.ask(kind),
  })); // prettier-ignore
  return [
    { ...common, id: "assistant.show", title: "Assistant", keys: ["$mod+J"], scope: "global", inText: true, run: actions.show },
    ...offers,
    { ...common, id: "assistant.take", title: "Use what the assistant proposes", keys: ["Alt+Enter"], inText: true, enabled: actions.proposed, run: actions.take },
    { ...common, id: "assistant.drop", title: "Not what the assistant proposes", keys: ["Alt+X"], inText: true, enabled: actions.proposed, run: actions.drop },
    { ...common, id: "assistant.stop", title: "Stop the assistant", keys: ["Alt+."], inText: true, enabled: actions.busy, run: actions.stop },
  ];
}
