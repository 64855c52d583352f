/** One comparison: how each arm did, which differences are real, and the errors behind the figures. */
import type { Comparison, Project } from "../../../api/types";
import { downloadCsv } from "../../../lib/csv";
import { Button, Interval, Note, Panel } from "../../../ui";
import { count, moneyText, plural } from "../../../ui/format";
import { JobCard } from "../../../ui/JobCard";
import layout from "../../../ui/layout.module.css";
import { afterLook, armNames, differenceText, figureText, itemsText, itemsToTell, leftOutText, lookText, pText, secondsText, turned, verdictText } from "./compareWords";
import { DifferenceBar } from "./DifferenceBar";
import { ErrorsPanel } from "./ErrorsPanel";
import css from "./studio.module.css";

export function CompareReportView({ project, comparison }: { project: Project; comparison: Comparison }) {
  const { job, report } = comparison;
  const names = armNames(comparison.arms);
  const left = leftOutText(comparison.left_out);
  const look = lookText(comparison);
  return (
    <div className={layout.stack}>
      {job && job.state !== "done" ? (
        <Panel>
          <JobCard job={job} />
        </Panel>
      ) : null}
      {look ? <Note>{look}</Note> : null}
      {comparison.changed ? <Note tone="warn">The guidelines or the questions have changed since. Compare again before you decide by this.</Note> : null}
      {comparison.message ? <Note tone="warn">{comparison.message} The figures rest on the items up to there.</Note> : null}
      {report ? (
        <>
          <Panel
            title={itemsText(comparison)} flush
            tools={
              <Button size="small" onClick={() => saveCsv(comparison, names)}>
                CSV
              </Button>
            }
          >
            <ArmsTable comparison={comparison} names={names} />
            {left || comparison.assisted ? (
              <p className={`${layout.help} ${css.foot}`}>{[left, comparison.assisted ? "Answers given with a suggestion on the screen count too." : ""].filter(Boolean).join(". ")}</p>
            ) : null}
          </Panel>
          {report.pairs.length > 0 ? <PairsPanel comparison={comparison} names={names} /> : null}
          {comparison.look === 0 ? <ErrorsPanel project={project} comparison={comparison} names={names} /> : null}
        </>
      ) : null}
    </div>
  );
}

function ArmsTable({ comparison, names }: { comparison: Comparison; names: string[] }) {
  const graded = comparison.report?.arms.some((arm) => arm.agreement.value !== arm.right.value);
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <thead>
          <tr>
            <th>Version</th>
            <th style={{ minWidth: 190 }}>Right</th>
            {graded ? <th>Agreement</th> : null}
            <th className={layout.number}>Failed</th>
            <th className={layout.number}>Tokens in / out</th>
            <th className={layout.number}>Cost</th>
            <th className={layout.number}>Time an item</th>
          </tr>
        </thead>
        <tbody>
          {comparison.report?.arms.map((arm, at) => {
            const about = comparison.arms[at];
            const { value, low, high } = arm.right;
            return (
              <tr key={at}>
                <td>
                  <strong>{names[at]}</strong>
                  {about?.note ? <div className={layout.help}>{about.note}</div> : null}
                  {about && afterLook(about) ? <div className={css.warn}>{afterLook(about)}</div> : null}
                </td>
                <td>
                  <div className="mono">{figureText(arm.right)}</div>
                  {value !== null && low !== null && high !== null ? <Interval value={value} low={low} high={high} level={comparison.report?.level} /> : null}
                  <div className={layout.help}>{arm.scored === 0 ? "no answers to measure by" : `of ${count(arm.scored)}`}</div>
                </td>
                {graded ? <td className="mono">{figureText(arm.agreement)}</td> : null}
                <td className={layout.number}>{count(arm.failed)}</td>
                <td className={layout.number}>
                  {count(arm.input_tokens)} / {count(arm.output_tokens)}
                  {arm.cached > 0 ? <div className={layout.help}>{plural(arm.cached, "kept answer")}</div> : null}
                </td>
                <td className={layout.number}>{moneyText(arm.cost, about?.currency ?? "")}</td>
                <td className={layout.number}>
                  {secondsText(arm.seconds)}
                  {arm.slow_seconds !== null ? <div className={layout.help}>95% within {secondsText(arm.slow_seconds)}</div> : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function PairsPanel({ comparison, names }: { comparison: Comparison; names: string[] }) {
  const pairs = (comparison.report?.pairs ?? []).map(turned);
  const widest = Math.max(0.05, ...pairs.flatMap((pair) => [Math.abs(pair.difference.low ?? 0), Math.abs(pair.difference.high ?? 0)]));
  return (
    <Panel title={pairs.length > 1 ? "Which differences are real" : "Is the difference real?"} flush>
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>Verdict</th>
              <th style={{ minWidth: 210 }}>Difference</th>
              <th className={layout.number}>Only one right</th>
              <th className={layout.number}>p</th>
              <th className={layout.number}>Same answer</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => {
              const more = itemsToTell(pair);
              return (
                <tr key={`${pair.a}:${pair.b}`}>
                  <td>
                    <strong>{verdictText(pair, names)}</strong>
                    <div className={layout.help}>
                      {names[pair.a]} minus {names[pair.b]}
                    </div>
                    {more !== null ? <div className={layout.help}>if it is this large, about {count(more)} items would tell</div> : null}
                  </td>
                  <td>
                    <div className="mono">{differenceText(pair.difference)}</div>
                    <DifferenceBar figure={pair.difference} widest={widest} text={`${names[pair.a]} minus ${names[pair.b]}: ${differenceText(pair.difference)}`} />
                  </td>
                  <td className={layout.number}>
                    {count(pair.only_a)} : {count(pair.only_b)}
                  </td>
                  <td className={`${layout.number} ${css.nowrap}`}>
                    {pText(pair.p_adjusted)}
                    {pairs.length > 1 && pair.p !== null ? <div className={layout.help}>alone {pText(pair.p)}</div> : null}
                  </td>
                  <td className={layout.number}>
                    {pair.between === null ? "–" : `${Math.round(pair.between * 100)}%`}
                    <div className={layout.help}>of {count(pair.between_n)}</div>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className={`${layout.help} ${css.foot}`}>
        Differences are taken within items{pairs[0]?.method ? ` (${pairs[0].method})` : ""}; an answer that failed counts as wrong.
        {pairs.length > 1 ? " p is corrected for testing all pairs (Holm)." : ""}
      </p>
    </Panel>
  );
}

function saveCsv(comparison: Comparison, names: string[]) {
  const header = [
    "version", "items", "scored", "right", "right_low", "right_high", "agreement", "agreement_low", "agreement_high", "failed", "calls", "kept", "input_tokens",
    "output_tokens", "cost", "currency", "seconds", "seconds_95",
  ];
  const rows = (comparison.report?.arms ?? []).map((arm, at) => [
    names[at], arm.items, arm.scored, arm.right.value, arm.right.low, arm.right.high, arm.agreement.value, arm.agreement.low, arm.agreement.high, arm.failed,
    arm.calls, arm.cached, arm.input_tokens, arm.output_tokens, arm.cost, comparison.arms[at]?.currency ?? "", arm.seconds, arm.slow_seconds,
  ]);
  const pairs = (comparison.report?.pairs ?? []).map((pair) => [
    `${names[pair.a]} - ${names[pair.b]}`, comparison.report?.items, pair.difference.n, pair.difference.value, pair.difference.low, pair.difference.high,
    pair.p, pair.p_adjusted, pair.verdict,
  ]);
  const second = ["pair", "items", "scored", "difference", "low", "high", "p", "p_adjusted", "verdict"];
  downloadCsv(`comparison-${comparison.id}.csv`, header, pairs.length > 0 ? [...rows, [], second, ...pairs] : rows);
}
