/** The figures of the pace table in words. Pure. */

import type { components } from "../../../api/schema";
import type { Question } from "../../../api/types";

type EffortLine = components["schemas"]["EffortLine"];

export interface PaceLine {
  title: string;
  how: string;
  seconds: string | null;
  keys: string | null;
  n: number;
}

/** Which items are blind is nobody's to know while labelling, so their figures have no line of their own here. */
const HOW: Readonly<Record<string, string>> = { unassisted: "alone", shown: "with suggestion" };

/** The lines in the order of the questions; figures to a tenth, whole from ten on. */
export function paceLines(effort: readonly EffortLine[], questions: readonly Question[]): PaceLine[] {
  return questions.flatMap((question) =>
    Object.entries(HOW).flatMap(([basis, how]) => {
      const line = effort.find((e) => e.question === question.name && e.basis === basis);
      if (!line) return [];
      const { n, median_seconds, median_keystrokes } = line.effort;
      return [{ title: question.title ?? question.name, how, n, seconds: figure(median_seconds), keys: figure(median_keystrokes) }];
    }),
  );
}

function figure(value: number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return String(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
}
