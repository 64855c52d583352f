/** What figures about judges say in words. Pure, so that it can be tested. */
import type { Judge, JudgeFigure, JudgeReport } from "../../api/types";
import { count, percent, plural } from "../../ui/format";

/** Tested only once enough audited answers were judged too: a number before that would mean nothing. */
export function testedText(judge: Pick<Judge, "matched" | "needed" | "audits" | "compares">): string {
  if (judge.compares) return "Compares two answers; tested by swapping their order";
  if (judge.matched >= judge.needed) return `Tested here on ${count(judge.matched)} audits`;
  const more = judge.audits > judge.matched ? `, ${count(judge.audits - judge.matched)} more wait for its verdict` : "";
  return `Not tested here yet: ${count(judge.matched)} of about ${count(judge.needed)} audits${more}`;
}

/** "87%, between 79% and 93%", or the reason why it cannot be told. */
export function shareText(figure: JudgeFigure): string {
  if (figure.value === null) return figure.why || "not known yet";
  if (figure.low === null || figure.high === null) return percent(figure.value);
  return `${percent(figure.value)}, between ${percent(figure.low)} and ${percent(figure.high)}`;
}

/** ".62 (.41 to .83)", for measures that are no shares. */
export function measureText(figure: JudgeFigure, digits = 2): string {
  if (figure.value === null) return "–";
  const text = (x: number) => x.toFixed(digits).replace(/^(-?)0\./, "$1.");
  if (figure.low === null || figure.high === null) return text(figure.value);
  return `${text(figure.value)} (${text(figure.low)} to ${text(figure.high)})`;
}

/** In one word how strong an agreement beyond chance is; by its lower end, so that little data promises little. */
export function kappaWord(figure: JudgeFigure): string {
  if (figure.low === null) return "";
  if (figure.low >= 0.6) return "good";
  if (figure.low >= 0.4) return "fair";
  return figure.high !== null && figure.high < 0.4 ? "poor" : "not known well yet";
}

/** What annotators did with the advice, as sentences. */
export function adviceLines({ advice }: Pick<JudgeReport, "advice">): string[] {
  if (advice.shown === 0) return [];
  const lines = [`${plural(advice.shown, "live review")}, ${plural(advice.given, "alarm")}: ${count(advice.taken)} taken, ${count(advice.changed)} led to another change, ${count(advice.dismissed)} dismissed as a possible false alarm.`];
  if (advice.checked > 0) {
    lines.push(
      `Of ${plural(advice.checked, "changed answer")} with gold, ${count(advice.wrong_to_right)} went from wrong to right and ${count(advice.right_to_wrong)} from right to wrong.`,
    );
  }
  return lines;
}

/** Whether a lean is real: the interval leaves out zero. */
export function leans(figure: JudgeFigure): boolean {
  return figure.low !== null && figure.high !== null && (figure.low > 0 || figure.high < 0);
}

/** Which of two answers is better: above zero the first, below it the second. */
export function betterText(score: number): string {
  if (score > 0) return "The first is better";
  return score < 0 ? "The second is better" : "A tie";
}

/** What the judge preferred in each order; each told for the first answer. */
export function ordersText(forward: number | undefined, swapped: number | undefined): string {
  if (forward === undefined || swapped === undefined) return "";
  const name = (score: number) => (score > 0 ? "the first" : score < 0 ? "the second" : "neither");
  if (forward === swapped) return `In both orders it prefers ${name(forward)}.`;
  return `As given it prefers ${name(forward)}, swapped ${name(swapped)}: what does not hold in both orders counts as a tie.`;
}
