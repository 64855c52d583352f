/** One candidate on the screen: called by its place, shown by its kind, with room for the controls of the question. */
import type { ReactNode } from "react";
import type { ChatTurn } from "../../api/types";
import { ChatView, isChat, Words } from "../../media/ChatView";
import { FieldView } from "../../media/FieldView";
import { pointed } from "../../lib/pointed";
import type { Candidate } from "./candidates";
import css from "./candidates.module.css";

export interface CandidateCardProps {
  candidate: Candidate;
  letter: string;
  /** What stands at the end of its head: key caps, rank buttons. */
  head: ReactNode;
  chosen?: boolean | undefined;
  suggested?: boolean | undefined;
  current?: boolean | undefined;
  onPoint?: () => void;
}

export function CandidateCard({ candidate, letter, head, chosen, suggested, current, onPoint }: CandidateCardProps) {
  return (
    <article
      className={css.card} aria-label={`Answer ${letter}`} data-candidate={letter} data-chosen={chosen || undefined}
      data-suggested={suggested || undefined} data-current={current || undefined} onClick={onPoint ? (event) => pointed(event) && onPoint() : undefined}
    >
      <header className={css.head}>
        <h3 className={css.letter}>{letter}</h3>
        {candidate.source ? <span className={css.source}>{candidate.source}</span> : null}
        {head}
      </header>
      <div className={css.body} tabIndex={0} role="group" aria-label={`Text of answer ${letter}`}><Content candidate={candidate} /></div>
    </article>
  );
}

function Content({ candidate: { content, kind, id } }: { candidate: Candidate }) {
  if (isChat(content)) return <div className={css.flush}><ChatView turns={content as ChatTurn[]} /></div>;
  if (typeof content === "string" && kind !== "html") return <div className={css.prose}><Words text={content} /></div>;
  return <div className={css.media}><FieldView field={{ name: id, kind }} value={content} /></div>;
}
