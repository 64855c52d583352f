/** The minimum confidence, overall and per label. Below it nothing is drawn on the item or accepted in one go. */
import { useState } from "react";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { IconButton } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { labelLook } from "./labels";
import { labelsIn, minimumFor, type Row } from "./logic/suggestions";
import { useBench, useDesk } from "./session";
import css from "./suggestions.module.css";

export function Threshold({ rows }: { rows: readonly Row[] }) {
  const { desk } = useBench();
  const minimum = useDesk((s) => s.minimum);
  const [perLabel, setPerLabel] = useState(Object.keys(minimum.perLabel).length > 0);
  const setOverall = (overall: number) => desk.setState({ minimum: { ...minimum, overall } });
  const setLabel = (title: string, value: number | null) => {
    const next = { ...minimum.perLabel };
    if (value === null) delete next[title];
    else next[title] = value;
    desk.setState({ minimum: { ...minimum, perLabel: next } });
  };
  return (
    <div className={css.threshold}>
      <div className={css.slider}>
        <label htmlFor="minimum">min</label>
        <input id="minimum" type="range" min={0} max={1} step={0.05} value={minimum.overall} aria-label="Minimum confidence" aria-valuetext={scoreText(minimum.overall)} onChange={(event) => setOverall(Number(event.target.value))} />
        <output>{scoreText(minimum.overall)}</output>
        <IconButton size="small" label="Minimum per label" aria-pressed={perLabel} onClick={() => setPerLabel(!perLabel)}><IconAdjustmentsHorizontal size={15} /></IconButton>
      </div>
      {perLabel ? <PerLabel rows={rows} valueOf={(title) => minimumFor(minimum, title)} own={minimum.perLabel} onSet={setLabel} /> : null}
    </div>
  );
}

interface PerLabelProps {
  rows: readonly Row[];
  own: Readonly<Record<string, number>>;
  valueOf(title: string): number;
  onSet(title: string, value: number | null): void;
}

function PerLabel({ rows, own, valueOf, onSet }: PerLabelProps) {
  const labels = labelsIn(rows);
  const listed = [...new Set([...labels.map((l) => l.title), ...Object.keys(own)])].slice(0, 20);
  const question = rows[0]?.question;
  if (listed.length === 0) return <p className={css.none}>Labels appear here as soon as a model suggests them.</p>;
  return (
    <ul className={css.perLabel}>
      {listed.map((title) => {
        const name = question ? labelLook(question, title).title : title;
        return (
          <li key={title} data-own={title in own || undefined}>
            <span title={name}>{name}</span>
            <input type="range" min={0} max={1} step={0.05} value={valueOf(title)} aria-label={`Minimum confidence for ${name}`} onChange={(event) => onSet(title, Number(event.target.value))} />
            <button type="button" title={title in own ? "Back to the common minimum" : undefined} disabled={!(title in own)} onClick={() => onSet(title, null)}>{scoreText(valueOf(title))}</button>
          </li>
        );
      })}
    </ul>
  );
}
