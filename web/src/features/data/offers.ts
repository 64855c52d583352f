/** Columns of answers of a data set in words, and the questions of a project with one of them taken up. */
import type { DataSetOffer, Question } from "../../api/types";

const SHOWN = 4;

/** What becomes of a column of answers. */
export function offerText(offer: DataSetOffer, questions: readonly Question[]): string {
  if (offer.question === null) return offer.change ? "no question takes this" : "no question of this project can take this";
  const found = questions.find((one) => one.name === offer.question);
  const name = `“${found?.title ?? offer.question}”`;
  if (offer.lacking === 0) return `can be taken by ${name}`;
  const shown = offer.missing.slice(0, SHOWN).join(", ");
  return `can be taken by ${name}, which does not know ${shown}${offer.lacking > SHOWN ? ` and ${offer.lacking - SHOWN} more` : ""}: what is labelled so would be left out`;
}

/** The questions with one changed, or added at the end. */
export function withOffer(questions: readonly Question[], change: Question): Question[] {
  const known = questions.some((one) => one.name === change.name);
  return known ? questions.map((one) => (one.name === change.name ? change : one)) : [...questions, change];
}
