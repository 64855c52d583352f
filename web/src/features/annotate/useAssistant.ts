/** What may be asked of the assistant now, and the commands that ask it. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { assistantQuery } from "../../api/queries";
import type { AssistKind, AssistantView, Question } from "../../api/types";
import { assistantCommands } from "../../commands/groups/assistant";
import { useCommands } from "../../commands/live";
import { rowsNow, useRows } from "./hooks";
import type { Wish } from "./logic/assistant";
import type { Open } from "./logic/state";
import { currentRow, fromAssistant, type Row } from "./logic/suggestions";
import { isEmpty, useAssist, useBench, useDesk } from "./session";

export const ASSISTANT_BOX = "assistant-box";

export interface Help {
  view: AssistantView | undefined;
  /** Why it is not known what the assistant offers, and to ask for it again. */
  trouble: Error | null;
  again(): void;
  question: Question | undefined;
  ready: ReadonlySet<AssistKind>;
  /** Asks, with what was written into the box. */
  ask(kind: AssistKind, text?: string): void;
  take(): void;
  drop(): void;
}

export function useHelp(): Help {
  const { desk, assistant, project } = useBench();
  const offer = useQuery(assistantQuery(project.id));
  const view = offer.data;
  const open = useDesk((s) => s.open);
  const rows = useRows();
  const question = project.spec.questions.find((q) => q.name === open?.active);
  const offers = open?.work.allowed?.assistant === false ? undefined : view?.offers[question?.name ?? ""];
  const ready = useMemo(
    () => new Set((offers ?? []).filter((kind) => open && question && possible(kind as AssistKind, open, question, rows)) as AssistKind[]),
    [offers, open, question, rows],
  );
  const now = () => assistant.open(rowsNow(desk.getState(), project.spec.questions));
  return {
    view, question, ready, trouble: offer.error, again: () => void offer.refetch(),
    ask: (kind, text = "") => {
      const { open: item } = desk.getState();
      if (item && question) void assistant.ask(wishFor(kind, item, question, rows, text));
    },
    take: () => desk.accept(now()),
    drop: () => now().forEach((row) => desk.reject(row.key)),
  }; // prettier-ignore
}

/** The keys of the assistant. A rewriting needs words first, so that its key leads into the box. */
export function useAssistantCommands(show: () => void): void {
  const { assistant } = useBench();
  const help = useHelp();
  const rows = useRows();
  const { phase } = useAssist((s) => s);
  const into = (box: AssistKind) => {
    show();
    assistant.store.setState({ box });
    const there = document.getElementById(ASSISTANT_BOX);
    if (there) there.focus();
    else setTimeout(() => document.getElementById(ASSISTANT_BOX)?.focus(), 0);
  };
  useCommands("assistant", assistantCommands({
    show: () => into("guide"),
    ask: (kind) => {
      if (kind === "rewrite") return into(kind);
      show();
      help.ask(kind);
    },
    take: help.take,
    drop: help.drop,
    stop: () => assistant.stop(),
    ready: help.ready,
    proposed: assistant.open(rows).length > 0,
    busy: phase === "waiting" || phase === "streaming",
  }));
}

/** Whether there is something for the assistant to work on. */
function possible(kind: AssistKind, open: Open, question: Question, rows: readonly Row[]): boolean {
  const answered = !isEmpty(question, open.values[question.name]);
  if (kind === "check" || kind === "rewrite") return answered;
  if (kind === "explain") return explained(rows, open, question) !== undefined;
  const own = open.work.show[question.name] === "after_first_answer";
  return kind !== "draft" || !own || open.first.has(question.name);
}

/** The suggestion that an explanation is about: the current one, else the surest of the question. */
function explained(rows: readonly Row[], open: Open, question: Question): Row | undefined {
  const own = rows.filter((r) => r.question.name === question.name && !fromAssistant(r.suggestion));
  return currentRow(own, open.chosen) ?? own[0];
}

function wishFor(kind: AssistKind, open: Open, question: Question, rows: readonly Row[], text: string): Wish {
  const wish: Wish = { kind, question: question.name, text };
  const value = open.values[question.name];
  if (kind !== "explain" && kind !== "guide" && !isEmpty(question, value)) wish.draft = value;
  if (kind === "explain") {
    wish.suggestion = explained(rows, open, question)?.suggestion.id;
    if (open.work.show[question.name] === "after_first_answer" && !isEmpty(question, value)) wish.draft = value;
  }
  return wish;
}
