/** What is known about a judge here: its pass rate put right, its agreement with people, its alarms, its leanings. */
import type { CriterionReport, Judge, JudgeFigure, JudgeReport } from "../../api/types";
import { Interval } from "../../ui";
import { percent } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./judges.module.css";
import { adviceLines, kappaWord, leans, measureText, shareText } from "./judgeWords";

export function ReportView({ report, judge }: { report: JudgeReport; judge: Judge }) {
  if (judge.compares) return <Order report={report} />;
  const lines = adviceLines(report);
  return (
    <div className={css.report}>
      {report.judged > 0 ? <Rates report={report} /> : <p className={layout.help}>It has not judged any answer that stands now.</p>}
      {report.matched > 0 ? (
        <details open={report.tested}>
          <summary>Against people, criterion by criterion</summary>
          <Table report={report} />
          <Leanings report={report} />
        </details>
      ) : null}
      {lines.map((line) => <p key={line} className={layout.help}>{line}</p>)}
    </div>
  );
}

function Rates({ report }: { report: JudgeReport }) {
  const { corrected, raw, alarms } = report;
  return (
    <div className={css.rates}>
      <Rate name="It passes" figure={raw} note="its own word" />
      <Rate name="Pass rate put right" figure={corrected} note="by its errors as audits found them" strong />
      {alarms ? <Rate name="Alarms that are right" figure={alarms.precision} note={`of ${alarms.precision.n} alarms audited`} /> : null}
      {alarms ? <Rate name="Faults that it finds" figure={alarms.recall} note={`of ${alarms.recall.n} faults audited`} /> : null}
    </div>
  );
}

function Rate({ name, figure, note, strong }: { name: string; figure: JudgeFigure; note: string; strong?: boolean }) {
  return (
    <div className={css.rate} data-strong={strong || undefined}>
      <h3>{name}</h3>
      {figure.value === null || figure.low === null || figure.high === null ? (
        <p className={layout.help}>{shareText(figure)}</p>
      ) : (
        <>
          <strong>{percent(figure.value)}</strong>
          <Interval value={figure.value} low={figure.low} high={figure.high} />
          <p className={layout.help}>{percent(figure.low)} to {percent(figure.high)}, {note}</p>
        </>
      )}
    </div>
  );
}

function Table({ report }: { report: JudgeReport }) {
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <thead>
          <tr>
            <th>Criterion</th>
            <th title="Agreement beyond chance; near misses count in part">Agreement (kappa)</th>
            <th title="How often both gave the same level">Same level</th>
            <th>Alarms right</th>
            <th>Faults found</th>
            <th className={layout.number} title="Judge minus auditor, in levels">Milder by</th>
            <th>Auditor by judge</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td><b>Passed or not</b></td>
            <Numbers kappa={report.kappa} same={report.agreement} right={report.alarms?.precision} found={report.alarms?.recall} />
            <td className={layout.number}>–</td>
            <td><Confusion table={report.confusion} names={["failed", "passed"]} /></td>
          </tr>
          {report.criteria.map((one) => <CriterionRow key={one.criterion} one={one} />)}
        </tbody>
      </table>
    </div>
  );
}

function CriterionRow({ one }: { one: CriterionReport }) {
  return (
    <tr>
      <td>{one.title}</td>
      <Numbers kappa={one.kappa} same={one.agreement} right={one.alarms?.precision} found={one.alarms?.recall} />
      <td className={layout.number}>{measureText(one.bias, 1)}</td>
      <td><Confusion table={one.confusion} names={one.levels.map(String)} /></td>
    </tr>
  );
}

interface NumbersProps {
  kappa: JudgeFigure;
  same: JudgeFigure;
  right: JudgeFigure | undefined;
  found: JudgeFigure | undefined;
}

function Numbers({ kappa, same, right, found }: NumbersProps) {
  return (
    <>
      <td title={kappa.why || undefined}>
        {measureText(kappa)} <small className="dim">{kappaWord(kappa)}</small>
      </td>
      <td>{same.value === null ? "–" : percent(same.value)}</td>
      <td>{right ? share(right) : <span className="dim">no mark</span>}</td>
      <td>{found ? share(found) : null}</td>
    </>
  );
}

function share(figure: JudgeFigure): string {
  if (figure.value === null || figure.low === null || figure.high === null) return "–";
  return `${percent(figure.value)} (${percent(figure.low)}–${percent(figure.high)})`;
}

/** Rows: what the auditor gave; columns: what the judge gave. Darker: more often. */
function Confusion({ table, names }: { table: number[][]; names: string[] }) {
  const most = Math.max(1, ...table.flat());
  return (
    <table className={css.confusion} aria-label="Rows are the auditor's levels, columns the judge's">
      <tbody>
        {table.map((row, a) => (
          <tr key={names[a]}>
            <th scope="row">{names[a]}</th>
            {row.map((n, j) => (
              <td key={names[j]} title={`Auditor ${names[a]}, judge ${names[j]}: ${n}`} data-same={a === j || undefined}
                style={{ background: `color-mix(in srgb, var(--accent) ${Math.round((n / most) * 45)}%, transparent)` }}>
                {n}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Leanings({ report }: { report: JudgeReport }) {
  const { length } = report;
  if (length.value === null) return <p className={layout.help}>Whether it prefers long answers cannot be told yet: {length.why}.</p>;
  const longer = leans(length) ? (length.value > 0 ? "It prefers longer answers" : "It prefers shorter answers") : "No lean to long or short answers was found";
  return <p className={layout.help}>{longer}, people’s own scores held fixed: rank correlation {measureText(length)}.</p>;
}

function Order({ report }: { report: JudgeReport }) {
  if (!report.position || !report.first_place) return <p className={layout.help}>No pair was compared yet.</p>;
  return (
    <div className={css.rates}>
      <Rate name="Same verdict in both orders" figure={report.position} note="all else counts as a tie" strong />
      <Rate name="Of the others, for the first" figure={report.first_place} note="one half is no lean to a place" />
    </div>
  );
}
