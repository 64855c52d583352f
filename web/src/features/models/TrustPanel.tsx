/** How far one model can be trusted: calibration by blind answers, and the promises made on it. */
import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { calibrationQuery } from "../../api/queries";
import type { Calibration, Model, Project } from "../../api/types";
import type { Cell } from "../../lib/csv";
import { ErrorNote, Note, Skeleton, TableFile } from "../../ui";
import { count, percent, plural } from "../../ui/format";
import { PermissionList } from "../../ui/guarantee";
import layout from "../../ui/layout.module.css";
import { calibration as drawn, Figure, lines } from "../../ui/plot";
import { PartPromises } from "./PartPromises";

export function TrustPanel({ project, model, onClose }: { project: Project; model: Model; onClose(): void }) {
  const found = useQuery({ ...calibrationQuery(project.id, model.id), enabled: !model.asks });
  return (
    <Drawer opened onClose={onClose} position="right" size={560} title={`Trust in ${model.name}`}>
      <div className={layout.stack}>
        <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
        {found.isLoading ? <Skeleton height={240} /> : null}
        {model.asks ? <Note>Its calibration is in the prompt studio, under “Confidence”.</Note> : null}
        <Learned model={model} />
        {found.data ? <Calibrated name={model.name} found={found.data} /> : null}
        <h3>What may be accepted, part by part</h3>
        <PartPromises project={project} model={model} />
        <h3>Promises</h3>
        <PermissionList project={project.id} model={model.name} />
      </div>
    </Drawer>
  );
}

type Point = Model["curve"][number];

/** How good each version was, over the labels that it had learned from. */
function Learned({ model }: { model: Model }) {
  const rows = model.curve.filter((point) => point.n > 0 && point.accuracy !== null).sort((a, b) => a.n_labels - b.n_labels);
  if (rows.length < 2) return null;
  const steps = rows.map((point) => ({ x: point.n_labels, value: point.accuracy ?? 0, low: point.low, high: point.high }));
  const share = (value: number | null) => (value === null ? "–" : percent(value));
  return (
    <Figure
      title="Does it get better with more labels?" basis={`${plural(rows.length, "version")}; the last on ${plural(rows.at(-1)?.n ?? 0, "blind answer")}`}
      note="Agreement with blind answers, with 95% intervals. Where bands overlap, no change is shown." rows={rows} file={`learning-${model.name}`} height={200}
      columns={[
        { title: "Version", value: (row: Point) => row.version },
        { title: "Labels", value: (row: Point) => row.n_labels },
        { title: "Agrees", value: (row: Point) => row.accuracy, text: (row: Point) => share(row.accuracy) },
        { title: "From", value: (row: Point) => row.low, text: (row: Point) => share(row.low) },
        { title: "To", value: (row: Point) => row.high, text: (row: Point) => share(row.high) },
        { title: "Blind answers", value: (row: Point) => row.n },
      ]}
      draw={(plot) => lines(plot, steps, { label: "labels" }, { label: "agrees", domain: [0, 1], percent: true })}
    />
  );
}

const GAUGES = [
  { key: "accuracy", title: "Right", text: "share of blind answers" },
  { key: "auroc", title: "AUROC", text: "how well the score tells right from wrong: .5 is chance" },
  { key: "ece", title: "Calibration error", text: "how far the score is from the share that is right" },
  { key: "brier", title: "Brier score", text: "both in one; lower is better" },
] as const;

/** An unknown figure has no interval either, and says so by its empty cells. */
function gaugeRow(title: string, gauge: Calibration["accuracy"], n: number): Cell[] {
  return gauge.value === null ? [title, null, null, null, n] : [title, gauge.value, gauge.low, gauge.high, n];
}

function Calibrated({ name, found }: { name: string; found: Calibration }) {
  const rows = found.bars.map((bar) => ({ stated: bar.mean, right: bar.share, low: bar.share_low, high: bar.share_high, n: bar.n }));
  return (
    <>
      <Figure
        title="Of what it calls 80% sure, how much is right?" basis={`${plural(found.scored, "blind answer")}, version ${found.version}`}
        note={rows.length > 0 ? "On the line the score means what it says. Bars are exact 95% intervals." : undefined} rows={rows} file={`calibration-${name}`}
        empty={`Too few yet: ${count(found.scored)} of about ${count(found.needed)} blind answers.`} height={280}
        columns={[
          { title: "Mean score", value: (row) => row.stated, text: (row) => row.stated.toFixed(2) },
          { title: "Right", value: (row) => row.right, text: (row) => percent(row.right) },
          { title: "From", value: (row) => row.low, text: (row) => percent(row.low) },
          { title: "To", value: (row) => row.high, text: (row) => percent(row.high) },
          { title: "Answers", value: (row) => row.n },
        ]}
        draw={(plot) => drawn(plot, rows)}
      />
      <div className={layout.row}>
        <p className={`${layout.help} ${layout.grow}`}>On {plural(found.scored, "blind answer")} with a score, with 95% intervals</p>
        <TableFile file={`gauges-${name}`} header={["figure", "value", "low", "high", "blind answers"]} rows={() => GAUGES.map(({ key, title }) => gaugeRow(title, found[key], found.scored))} />
      </div>
      <table className={layout.table} aria-label={`Gauges of ${name}`}>
        <tbody>
          {GAUGES.map(({ key, title, text }) => {
            const gauge = found[key];
            return (
              <tr key={key}>
                <th scope="row">{title}</th>
                <td className="mono" style={{ whiteSpace: "nowrap" }}>{gauge.value === null ? gauge.why : `${gauge.value.toFixed(3)} (${gauge.low.toFixed(3)} to ${gauge.high.toFixed(3)})`}</td>
                <td className={layout.help}>{text}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
