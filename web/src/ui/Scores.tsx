/** A verdict criterion by criterion: the score on its scale with how sure the judge is, the reason, and the words quoted. */
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Criterion, CriterionScore, Rubric, Verdict } from "../api/types";
import { percent, plural } from "./format";
import css from "./scores.module.css";

interface ScoresProps {
  rubric: Rubric;
  verdict: Verdict;
  /** Shows where a quote stands; without it quotes are plain. */
  onQuote?(quote: string): void;
}

export function Scores({ rubric, verdict, onQuote }: ScoresProps) {
  const lost = (verdict.info.quotes_not_found ?? {}) as Record<string, number>;
  const split = (verdict.info.disagreement ?? {}) as Record<string, number>;
  return (
    <ol className={css.list}>
      {rubric.criteria.map((criterion) => {
        const score = verdict.scores.find((s) => s.criterion === criterion.name);
        return score ? (
          <li key={criterion.name} className={css.row} data-alarm={alarm(criterion, score) || undefined}>
            <One criterion={criterion} score={score} onQuote={onQuote} />
            {(split[criterion.name] ?? 0) > 0.34 ? <p className={css.note}>The members of the panel disagree here.</p> : null}
            {lost[criterion.name] ? (
              <p className={css.note}>{plural(lost[criterion.name] ?? 0, "quote")} left out: not found in the text.</p>
            ) : null}
          </li>
        ) : null;
      })}
    </ol>
  );
}

/** Below the criterion's own mark, as the server counts it: by the nearest level. */
export function alarm(criterion: Criterion, score: CriterionScore): boolean {
  return criterion.pass_mark !== null && level(criterion, score.score).score < criterion.pass_mark;
}

function level(criterion: Criterion, score: number) {
  return criterion.levels.reduce((a, b) => (Math.abs(b.score - score) < Math.abs(a.score - score) ? b : a));
}

function One({ criterion, score, onQuote }: { criterion: Criterion; score: CriterionScore; onQuote: ScoresProps["onQuote"] }) {
  const near = level(criterion, score.score);
  const top = criterion.levels.at(-1)?.score ?? near.score;
  const shown = Number.isInteger(score.score) ? String(score.score) : score.score.toFixed(1);
  return (
    <>
      <div className={css.head}>
        <h4 title={criterion.description || undefined}>{criterion.title}</h4>
        {alarm(criterion, score) ? <IconAlertTriangle size={14} aria-label="Below its mark" /> : null}
        <span className={css.score}>{shown} / {top}</span>
      </div>
      <Spread criterion={criterion} score={score} />
      <p className={css.level}>{near.description}</p>
      {score.reason ? <p className={css.reason}>{score.reason}</p> : null}
      {score.evidence.map((quote) => (
        <blockquote key={quote} className={css.quote} dir="auto">
          {onQuote ? <button type="button" title="Show where it stands" onClick={() => onQuote(quote)}>{quote}</button> : quote}
        </blockquote>
      ))}
    </>
  );
}

/** One cell for each level, as high as its probability; without probabilities only the given level is filled. */
function Spread({ criterion, score }: { criterion: Criterion; score: CriterionScore }) {
  const near = level(criterion, score.score).score;
  const share = (at: number) => (score.distribution ? (score.distribution[String(at)] ?? 0) : Number(at === near));
  const told = criterion.levels.map((l) => `${l.score}: ${percent(share(l.score))}`).join(", ");
  const text = score.distribution ? `Probability by score: ${told}` : `Score ${near}; the judge gave no probabilities`;
  return (
    <div className={css.spread} role="img" aria-label={text} title={text}>
      {criterion.levels.map((l) => (
        <span key={l.score} className={css.cell} data-mark={l.score === criterion.pass_mark || undefined}>
          <i style={{ height: `${Math.max(share(l.score) * 100, share(l.score) > 0 ? 8 : 0)}%` }} data-sure={score.distribution ? undefined : true} />
          <small>{l.score}</small>
        </span>
      ))}
    </div>
  );
}
