/** The judges of the project on the workbench, and the commands that ask them. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { liveJudgesQuery } from "../../api/queries";
import type { LiveJudge } from "../../api/types";
import { judgeCommands } from "../../commands/groups/judge";
import { useCommands } from "../../commands/live";
import type { JudgeState } from "./logic/judge";
import { isEmpty, useBench, useDesk } from "./session";

/** A piece of the judge's state. */
export function useJudgeState<T>(pick: (state: JudgeState) => T): T {
  return useStore(useBench().judge.store, pick);
}

/** The judges that may be asked; empty while that is not known, and where a study has none. */
export function useLiveJudges(): readonly LiveJudge[] {
  const { project, judge } = useBench();
  const known = useQuery(liveJudgesQuery(project.id)).data;
  const may = useDesk((s) => s.open?.work.allowed?.judge ?? true);
  const judges = useMemo(() => (may && known ? known : []), [may, known]);
  useEffect(() => judge.configure(judges), [judge, judges]);
  return judges;
}

/** Whether there is a judge for the active question, and an answer for it. */
export function useJudgeReady(judges: readonly LiveJudge[]): { judge: LiveJudge | undefined; ready: boolean } {
  const { project } = useBench();
  const open = useDesk((s) => s.open);
  const judge = judges.find((j) => j.question === open?.active);
  const question = project.spec.questions.find((q) => q.name === open?.active);
  return { judge, ready: Boolean(judge && question && open && !isEmpty(question, open.values[question.name])) };
}

export function useJudgeCommands(show: () => void): readonly LiveJudge[] {
  const { judge } = useBench();
  const judges = useLiveJudges();
  const { ready } = useJudgeReady(judges);
  const verdict = useJudgeState((s) => s.verdict);
  const open = verdict?.response === "none";
  useCommands("judge", judges.length === 0 ? [] : judgeCommands({
    ready, open,
    proposed: open && verdict.verdict.info.proposal !== undefined,
    ask: () => {
      show();
      void judge.ask();
    },
    dismiss: () => judge.dismiss(),
    take: () => judge.take(),
  })); // prettier-ignore
  return judges;
}
