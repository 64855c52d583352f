/** Commands of the review page: one key for each decision. */

import type { Command } from "../command";

export interface ReviewActions {
  /** How many answers stand side by side. */
  answers: number;
  /** There is something that the answers come to together. */
  together: boolean;
  /** A case is on the screen, and no answer is being corrected. */
  looking: boolean;
  fixing: boolean;
  mayUndo: boolean;
  mayReturn: boolean;
  accept(place: number): void;
  acceptTogether(): void;
  acceptChosen(): void;
  choose(step: 1 | -1): void;
  fix(): void;
  save(): void;
  cancel(): void;
  sendBack(): void;
  skip(): void;
  undo(): void;
  onlyDifferences(): void;
}

export function reviewCommands(a: ReviewActions): Command[] {
  const common = { group: "Review", scope: "task" } as const;
  const looking = { ...common, enabled: a.looking };
  const digits = Array.from({ length: Math.min(a.answers, 9) }, (_, k) => ({
    ...looking, id: `review.accept-${k + 1}`, title: `Accept answer ${"ABCDEFGHI"[k]}`, keys: [String(k + 1)], run: () => a.accept(k),
  })); // prettier-ignore
  return [
    ...digits,
    { ...looking, id: "review.together", title: "Accept what the answers come to together", keys: ["0"], enabled: a.looking && a.together, run: a.acceptTogether },
    { ...looking, id: "review.accept", title: "Accept the chosen answer", keys: ["Enter"], run: a.acceptChosen },
    { ...looking, id: "review.next", title: "Choose the next answer", keys: ["ArrowRight", "J"], repeat: true, run: () => a.choose(1) },
    { ...looking, id: "review.previous", title: "Choose the answer before", keys: ["ArrowLeft", "K"], repeat: true, run: () => a.choose(-1) },
    { ...looking, id: "review.fix", title: "Correct the chosen answer", keys: ["F"], run: a.fix },
    { ...looking, id: "review.return", title: "Send the chosen answer back", keys: ["B"], enabled: a.looking && a.mayReturn, run: a.sendBack },
    { ...looking, id: "review.skip", title: "Pass over the case", keys: ["S"], run: a.skip },
    { ...looking, id: "review.differences", title: "Show only what differs", keys: ["D"], run: a.onlyDifferences },
    { ...common, id: "review.save", title: "Save the correction", keys: ["$mod+Enter"], inText: true, enabled: a.fixing, run: a.save },
    { ...common, id: "review.cancel", title: "Leave the correction", keys: ["Escape"], hidden: true, enabled: a.fixing, run: a.cancel },
    { ...common, id: "review.undo", title: "Take the last decision back", keys: ["$mod+Z"], enabled: a.mayUndo, run: a.undo },
  ];
}
