/** Commands about a judge's advice. It is asked for, waved away and taken by keys of its own, and never holds up a submit. */

import type { Command } from "../command";

export interface JudgeActions {
  ask(): void;
  dismiss(): void;
  take(): void;
  /** There is a judge for the question, and an answer to judge. */
  ready: boolean;
  /** Advice is on the screen that was not answered yet. */
  open: boolean;
  /** ... and holds a better answer. */
  proposed: boolean;
}

export function judgeCommands(actions: JudgeActions): Command[] {
  const common = { group: "Judge", scope: "suggestion" } as const;
  const asks = { ...common, enabled: actions.ready, run: actions.ask };
  const dismisses = { ...common, enabled: actions.open, run: actions.dismiss };
  const takes = { ...common, enabled: actions.proposed, run: actions.take };
  return [
    { ...asks, id: "judge.ask", title: "Judge my answer", keys: ["Alt+J"], inText: true },
    { ...dismisses, id: "judge.dismiss", title: "Dismiss the judge's advice", keys: ["Alt+K"], inText: true },
    { ...takes, id: "judge.take", title: "Take the judge's proposal", keys: ["Alt+U"], inText: true },
    { ...asks, id: "judge.ask-single", title: "Judge my answer, outside of text", keys: ["J"], hidden: true },
    { ...dismisses, id: "judge.dismiss-single", title: "Dismiss the advice, outside of text", keys: ["X"], hidden: true },
    { ...takes, id: "judge.take-single", title: "Take the proposal, outside of text", keys: ["T"], hidden: true },
  ];
}
