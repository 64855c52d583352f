/** Which promise a bulk acceptance is to be under, in words: what counts, how much of it, and what is right at all. */
import { PROMISES, promiseText, RIGHT_AT, TARGETS, type Choice } from "./words";
import { percent, score } from "../format";
import css from "./guarantee.module.css";

interface PromisePickerProps {
  choice: Choice;
  /** Answers are right or wrong, so that no tolerance is asked for. */
  exact: boolean;
  usual: number;
  onChange(choice: Choice): void;
}

export function PromisePicker({ choice, exact, usual, onChange }: PromisePickerProps) {
  const some = choice.promise !== "none";
  return (
    <fieldset className={css.picker}>
      <legend>Promise</legend>
      <div className={css.choices}>
        <label className={css.wide}>
          What is limited
          <select value={choice.promise} onChange={(event) => onChange({ ...choice, promise: event.target.value as Choice["promise"] })}>
            {PROMISES.map((one) => <option key={one.value} value={one.value}>{one.title}</option>)}
          </select>
        </label>
        {some ? (
          <label>
            At most
            <select value={choice.target} onChange={(event) => onChange({ ...choice, target: Number(event.target.value) })}>
              {TARGETS.map((one) => <option key={one} value={one}>{percent(one, one < 0.01 ? 1 : 0)}</option>)}
            </select>
          </label>
        ) : null}
        {some && !exact ? (
          <label>
            Right from agreement
            <select value={choice.rightAt ?? usual} onChange={(event) => onChange({ ...choice, rightAt: Number(event.target.value) })}>
              {RIGHT_AT.map((one) => <option key={one} value={one}>{score(one)}</option>)}
            </select>
          </label>
        ) : null}
      </div>
      <p className={css.words}>{promiseText(choice)}</p>
    </fieldset>
  );
}
