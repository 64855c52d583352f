/** Who answers a question: five sights of each person with their doubt, by name, never as a ranking. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { peopleQuery } from "../../api/qualityQueries";
import type { Contributor, ContributorReport, Project, QualityFigure } from "../../api/types";
import { Empty, ErrorNote, Note, Panel, Skeleton, TableFile } from "../../ui";
import { count, duration, percent, plural } from "../../ui/format";
import { Figure, intervals, type Column, type PlotLibrary } from "../../ui/plot";
import layout from "../../ui/layout.module.css";
import { estimate, share, shareBetween } from "./figureWords";
import { DriftFigure } from "./DriftFigure";
import css from "./quality.module.css";

type Question = Project["spec"]["questions"][number];
type Sight = "with_others" | "ability" | "gold_right" | "caught";
const SIGHTS: { id: Sight; title: string; note: string }[] = [
  { id: "with_others", title: "Agreement with others", note: "Mean agreement with everybody else who answered the same items." },
  { id: "ability", title: "Ability", note: "How often an answer is right, as estimated from all answers together." },
  { id: "gold_right", title: "Right against gold", note: "Share of answers that agree fully with gold. Gold of one’s own does not count." },
  { id: "caught", title: "Planted errors caught", note: "Of wrong suggestions planted on purpose, how many were not accepted." },
];

export function PeopleTab({ project, question }: { project: Project; question: Question }) {
  const found = useQuery(peopleQuery(project.id, question.name));
  const report = found.data?.report;
  return (
    <div className={layout.stack}>
      <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending || (found.data && !report) ? <Skeleton height={280} /> : null}
      {found.data && !found.data.fresh ? <Note>{report ? "Newer answers are being measured; these figures are from before." : "There are many answers: they are being measured."}</Note> : null}
      {report && report.people.length === 0 ? <Empty title="Nobody has answered yet" text="As soon as people answer, their agreement, speed and care are measured here." /> : null}
      {report && report.people.length > 0 ? <People report={report} /> : null}
    </div>
  );
}

function People({ report }: { report: ContributorReport }) {
  const [sight, setSight] = useState<Sight>("with_others");
  const [open, setOpen] = useState<string | null>(null);
  const person = report.people.find((one) => one.name === open);
  return (
    <>
      <Panel title={plural(report.people.length, "person", "people")} tools={<AllFigures report={report} />} flush>
        <div className={layout.scroll} tabIndex={0} role="region" aria-label="People">
          <table className={layout.table}>
            <thead>
              <tr>
                <th>Person</th><th className={layout.number}>Answers</th><th>With others</th><th>Ability</th><th>Right against gold</th><th>Seconds an answer</th><th>Caught</th><th />
              </tr>
            </thead>
            <tbody>
              {report.people.map((one) => <Row key={`${one.user_id}:${one.name}`} one={one} few={report.few} open={open === one.name} onOpen={() => setOpen(open === one.name ? null : one.name)} />)}
            </tbody>
          </table>
        </div>
        <p className={layout.help} style={{ padding: "8px 12px" }}>
          In the order of names. Figures on fewer than {report.few} items are grey: they tell next to nothing. “Above” and “below” are said only where the interval,
          widened for the number of people compared, leaves the others’ mean out. {report.method} Seconds are active time; a pause counts up to a minute.
        </p>
      </Panel>
      {person ? <DriftFigure person={person} /> : null}
      <Panel tools={<SightPicker sight={sight} onSight={setSight} />} title="Side by side">
        <Drawn key={sight} report={report} sight={sight} />
      </Panel>
    </>
  );
}

function Row({ one, few, open, onOpen }: { one: Contributor; few: number; open: boolean; onOpen: () => void }) {
  return (
    <tr>
      <td>
        <button type="button" className={css.name} aria-expanded={open} title={one.login || "came in with the data"} onClick={onOpen}>{one.name}</button>
        {one.qualification ? <span className={css.mark} data-tone={one.qualification === "passed" ? "ok" : one.qualification === "failed" ? "warn" : undefined}>{one.qualification === "open" ? "first round" : one.qualification}</span> : null}
      </td>
      <td className={layout.number} title={`${percent(one.share_assisted)} of them with a suggestion on the screen`}>{count(one.n_answers)}</td>
      <Cell figure={one.with_others} few={few} mark={one.stands_out.with_others} />
      <Cell figure={one.ability} few={few} />
      <Cell figure={one.gold_right} few={few} mark={one.stands_out.with_gold} />
      <td className={css.measured} title={one.seconds.value === null ? one.seconds.why : `median of ${one.seconds.n_items}`}>
        <span>{one.seconds.value === null ? "–" : duration(one.seconds.value)}</span>
        {one.seconds.low !== null && one.seconds.high !== null ? <small className="dim">{duration(one.seconds.low)} to {duration(one.seconds.high)} · {plural(one.seconds.n_items, "item")}</small> : null}
      </td>
      <Cell figure={one.caught} few={few} />
      <td>{one.drift.changed_at ? <span className={css.mark} data-tone="warn">changed</span> : null}</td>
    </tr>
  );
}

function Cell({ figure, few, mark }: { figure: QualityFigure; few: number; mark?: string }) {
  const title = figure.value === null ? figure.why : `${shareBetween(figure)}, on ${plural(figure.n_items, "item")}`;
  return (
    <td title={title} className={css.measured}>
      <span className={figure.n_items < few ? "dim" : undefined}>{share(figure)}</span>
      {mark ? <span className={css.mark} data-tone={mark === "below" ? "warn" : "ok"}>{mark} the others</span> : null}
      {figure.value === null ? null : <small className="dim">{shareBetween(figure)} · {plural(figure.n_items, "item")}</small>}
    </td>
  );
}

const FIGURES = [
  ["with others", (one: Contributor) => one.with_others], ["ability", (one: Contributor) => one.ability], ["gold", (one: Contributor) => one.gold_right],
  ["caught", (one: Contributor) => one.caught], ["seconds", (one: Contributor) => one.seconds],
] as const;

/** Everything about everybody as a file. */
function AllFigures({ report }: { report: ContributorReport }) {
  const header = ["person", "login", "answers", ...FIGURES.flatMap(([name]) => [name, `${name}, low`, `${name}, high`, `${name}, items`])];
  const rows = () =>
    report.people.map((one) => [
      one.name, one.login, one.n_answers,
      ...FIGURES.map(([, get]) => get(one)).flatMap((figure) => [figure.value, figure.low, figure.high, figure.n_items]),
    ]);
  return <TableFile file="people" label="Download all figures (CSV)" header={header} rows={rows} />;
}

function SightPicker({ sight, onSight }: { sight: Sight; onSight: (sight: Sight) => void }) {
  return (
    <div className={css.tabs} role="group" aria-label="What is drawn">
      {SIGHTS.map((one) => <button key={one.id} type="button" className={css.tab} aria-pressed={sight === one.id} onClick={() => onSight(one.id)}>{one.title}</button>)}
    </div>
  );
}

function Drawn({ report, sight }: { report: ContributorReport; sight: Sight }) {
  const rows = useMemo(() => report.people.filter((one) => one[sight].value !== null), [report, sight]);
  const drawn = useMemo(() => rows.slice(0, 60).map((one) => estimate(one.name, one[sight])), [rows, sight]);
  const mean = sight === "with_others" ? report.mean_with_others : null;
  const draw = useCallback(
    (plot: PlotLibrary, width: number) => intervals(plot, width, drawn, { label: "share", domain: [0, 1], percent: true }, mean ?? undefined),
    [drawn, mean],
  );
  const about = SIGHTS.find((one) => one.id === sight);
  const columns: Column<Contributor>[] = [
    { title: "person", value: (one) => one.name },
    { title: "value", value: (one) => one[sight].value, text: (one) => share(one[sight]) },
    { title: "low", value: (one) => one[sight].low },
    { title: "high", value: (one) => one[sight].high },
    { title: "items", value: (one) => one[sight].n_items },
  ];
  return (
    <Figure
      title={about?.title ?? ""} rows={rows} columns={columns} draw={draw} file={`people-${sight}`} empty="Nothing to compare yet."
      basis={`${plural(rows.length, "person", "people")} with a figure; 95% intervals`}
      note={`${about?.note ?? ""}${mean === null ? "" : " The dashed line is the mean of all."}${rows.length > 60 ? " The first 60 are drawn; the table has all." : ""}`}
    />
  );
}
