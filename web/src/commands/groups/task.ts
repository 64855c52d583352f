/** Commands about the item in hand. */

import type { Command } from "../command";

export interface TaskActions {
  submit(): void;
  skip(): void;
  flag(): void;
  flagged: boolean;
  comment(): void;
  undo(): void;
  redo(): void;
  nextQuestion(): void;
  previousQuestion(): void;
  severalQuestions: boolean;
  escape(): void;
  working: boolean;
}

export function taskCommands(actions: TaskActions): Command[] {
  const common = { group: "Item", scope: "task", enabled: actions.working } as const;
  const questions = { ...common, group: "Questions", enabled: actions.working && actions.severalQuestions, repeat: true };
  return [
    { ...common, id: "task.submit", title: "Submit and go on", keys: ["$mod+Enter"], inText: true, run: actions.submit },
    { ...common, id: "task.submit-enter", title: "The same, outside of fields and buttons", keys: ["Enter"], hidden: true, run: actions.submit },
    { ...common, id: "task.skip", title: "Skip the item", keys: ["S"], run: actions.skip },
    { ...common, id: "task.flag", title: actions.flagged ? "Take the flag off" : "Flag the item", keys: ["F"], run: actions.flag },
    { ...common, id: "task.comment", title: "Write a comment", keys: ["C"], run: actions.comment },
    { ...common, id: "task.undo", title: "Undo, also the last submitted item", keys: ["$mod+Z"], enabled: true, repeat: true, run: actions.undo },
    { ...common, id: "task.redo", title: "Redo", keys: ["$mod+Shift+Z", "$mod+Y"], enabled: true, repeat: true, run: actions.redo },
    { ...questions, id: "task.next-question", title: "Next question", keys: ["ArrowDown", "Alt+ArrowDown"], run: actions.nextQuestion },
    { ...questions, id: "task.previous-question", title: "Previous question", keys: ["ArrowUp", "Alt+ArrowUp"], run: actions.previousQuestion },
    { ...common, id: "task.escape", title: "Back out one level", keys: ["Escape"], hidden: true, enabled: true, run: actions.escape },
  ];
}
