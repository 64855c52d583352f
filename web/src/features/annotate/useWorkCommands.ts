/** The commands of the workbench, wired to the desk. What they are called and which keys they have stands in commands/groups. */

import { suggestionCommands } from "../../commands/groups/suggestion";
import { taskCommands } from "../../commands/groups/task";
import { useCommands } from "../../commands/live";
import { manages } from "../../lib/rights";
import { COMMENT_BOX } from "./Comments";
import { mayReveal, rowsNow, useAsked, useRows } from "./hooks";
import { acceptable, currentRow, notch } from "./logic/suggestions";
import { useBench, useDesk } from "./session";
import type { Tab } from "./SidePanel";
import type { DialogName } from "./Workbench";

interface Openers {
  open(dialog: DialogName): void;
  show(tab: Tab): void;
}

export function useWorkCommands({ open, show }: Openers): void {
  const { desk, assistant } = useBench();
  const working = useDesk((s) => s.phase === "working");
  const flagged = useDesk((s) => s.open?.work.item.flagged ?? false);
  const severalQuestions = useAsked().length > 1;
  useSuggestionCommands(open);
  useCommands("task", taskCommands({
    working, flagged, severalQuestions,
    submit: () => void desk.submit(),
    skip: () => open("skip"),
    flag: () => open("flag"),
    comment: () => {
      show("comments");
      setTimeout(() => document.getElementById(COMMENT_BOX)?.focus(), 0);
    },
    undo: () => void desk.undo(),
    redo: () => void desk.redo(),
    nextQuestion: () => desk.move(1),
    previousQuestion: () => desk.move(-1),
    escape: () => (assistant.busy ? assistant.stop() : leaveField()),
  }));
}

function useSuggestionCommands(open: Openers["open"]): void {
  const { desk, project } = useBench();
  const asked = useAsked();
  const item = useDesk((s) => s.open);
  const rows = useRows();
  const now = () => rowsNow(desk.getState(), project.spec.questions);
  const current = () => currentRow(now(), desk.getState().open?.chosen ?? null);
  const move = (step: 1 | -1) => {
    const { minimum } = desk.getState();
    desk.setState({ minimum: { ...minimum, overall: notch(minimum.overall, step) } });
  };
  const onDemand = item ? asked.filter((q) => mayReveal(item, q)) : [];
  useCommands("suggestions", suggestionCommands({
    pending: rows.filter((r) => r.state === "pending").length,
    acceptable: acceptable(rows).length,
    hiddenNow: onDemand.length > 0,
    mayBulk: manages(project.my_role),
    accept: () => {
      const row = current();
      if (row) desk.accept([row]);
    },
    reject: () => {
      const row = current();
      if (row) desk.reject(row.key);
    },
    acceptAll: () => desk.accept(acceptable(now())),
    next: () => desk.choose(now(), 1),
    previous: () => desk.choose(now(), -1),
    higher: () => move(1),
    lower: () => move(-1),
    reveal: () => onDemand.forEach((q) => desk.reveal(q.name)),
    bulk: () => open("bulk"),
  }));
}

/** Escape gives the keys back to the shortcuts: whatever had the focus loses it. */
function leaveField(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
