/** What a bulk acceptance at this confidence would mean under the promise chosen, and what would allow more. */
import type { Offer, Promised, Wish } from "../../api/types";
import { restsOn, standing } from "./words";
import { plural, score } from "../format";
import { Button } from "../Button";
import { Note, Skeleton } from "../Surface";
import css from "./guarantee.module.css";

interface GuaranteeNoteProps {
  offer: Offer | undefined;
  wish: Wish;
  /** What the server would promise for the present thresholds; null while it is not known. */
  promised: Promised | null;
  accepted: number;
  onThreshold(value: number): void;
  /** Draws so many more items to be answered blind. */
  onAsk(n: number): void;
}

export function GuaranteeNote({ offer, wish, promised, accepted, onThreshold, onAsk }: GuaranteeNoteProps) {
  if (!offer) return <Skeleton height={64} />;
  const { best } = offer;
  const now = promised ? standing(accepted, promised.errors, promised.bound, wish, offer) : null;
  return (
    <div className={css.note} role="group" aria-label="Guarantee">
      {now ? <Note tone={now.tone}><span aria-live="polite">{now.text}</span></Note> : null}
      <div className={css.line}>
        <p>{offer.why}</p>
        {best && promised?.threshold !== best.threshold ? (
          <Button size="small" onClick={() => onThreshold(best.threshold)}>Go to {score(best.threshold)}</Button>
        ) : null}
        {offer.more !== null && offer.more > offer.waiting ? (
          <Button size="small" onClick={() => onAsk((offer.more ?? 0) - offer.waiting)}>Ask for {plural(offer.more - offer.waiting, "blind answer")}</Button>
        ) : null}
      </div>
      <p className={css.words}>
        {restsOn(offer)} {offer.pending > 0 ? `${plural(offer.pending, "blind answer")} not compared yet.` : ""}
      </p>
      {offer.notes.map((text) => <p key={text} className={css.words}>{text}</p>)}
    </div>
  );
}
