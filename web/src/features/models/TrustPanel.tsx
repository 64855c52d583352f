/** How far one model can be trusted: calibration by blind answers, and the promises made on it. */
import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { calibrationQuery } from "../../api/queries";
import type { Calibration, Model, Project } from "../../api/types";
import { ErrorNote, Note, Skeleton } from "../../ui";
import { count, percent, plural } from "../../ui/format";
import { PermissionList } from "../../ui/guarantee";
import layout from "../../ui/layout.module.css";
import { calibration as drawn, Figure } from "../../ui/plot";
import { PartPromises } from "./PartPromises";

export function TrustPanel({ project, model, onClose }: { project: Project; model: Model; onClose(): void }) {
  const found = useQuery({ ...calibrationQuery(project.id, model.id), enabled: !model.asks });
  return (
    <Drawer opened onClose={onClose} position="right" size={560} title={`Trust in ${model.name}`}>
      <div className={layout.stack}>
        <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
        {found.isLoading ? <Skeleton height={240} /> : null}
        {model.asks ? <Note>Its calibration is in the prompt studio, under “Confidence”.</Note> : null}
        {found.data ? <Calibrated name={model.name} found={found.data} /> : null}
        <h3>What may be accepted, part by part</h3>
        <PartPromises project={project} model={model} />
        <h3>Promises</h3>
        <PermissionList project={project.id} model={model.name} />
      </div>
    </Drawer>
  );
}

const GAUGES = [
  { key: "accuracy", title: "Right", text: "share of blind answers" },
  { key: "auroc", title: "AUROC", text: "how well the score tells right from wrong: .5 is chance" },
  { key: "ece", title: "Calibration error", text: "how far the score is from the share that is right" },
  { key: "brier", title: "Brier score", text: "both in one; lower is better" },
] as const;

function Calibrated({ name, found }: { name: string; found: Calibration }) {
  const rows = found.bars.map((bar) => ({ stated: bar.mean, right: bar.share, low: bar.share_low, high: bar.share_high, n: bar.n }));
  return (
    <>
      <Figure
        title="Of what it calls 80% sure, how much is right?" basis={`${plural(found.scored, "blind answer")}, version ${found.version}`}
        note="On the line the score means what it says. Bars are exact 95% intervals." rows={rows} file={`calibration-${name}`}
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
      <table className={layout.table}>
        <tbody>
          {GAUGES.map(({ key, title, text }) => {
            const gauge = found[key];
            return (
              <tr key={key}>
                <th scope="row">{title}</th>
                <td className="mono">{gauge.value === null ? gauge.why : `${gauge.value.toFixed(3)} (${gauge.low.toFixed(3)} to ${gauge.high.toFixed(3)})`}</td>
                <td className={layout.help}>{text}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
