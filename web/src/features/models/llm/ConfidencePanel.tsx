/** How well a model's scores say how often it is right: by answers that people gave without seeing it. */
import { useQuery } from "@tanstack/react-query";
import { confidenceQuery } from "../../../api/modelQueries";
import type { Confidence, Measure, Model } from "../../../api/types";
import { downloadCsv } from "../../../lib/csv";
import { Bar, Button, ErrorNote, Note, Panel, Skeleton } from "../../../ui";
import { count, percent } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { signalName } from "./llmConfig";
import css from "./llm.module.css";
import { ReliabilityPlot } from "./ReliabilityPlot";

export function ConfidencePanel({ project, model }: { project: number; model: Model }) {
  const confidence = useQuery(confidenceQuery(project, model.id));
  return (
    <div className={layout.stack}>
      <ErrorNote error={confidence.error} onRetry={() => void confidence.refetch()} />
      {confidence.isPending ? <Skeleton height={320} /> : null}
      {confidence.data && !confidence.data.ready ? <NotYet confidence={confidence.data} /> : null}
      {confidence.data?.ready ? <Ready confidence={confidence.data} model={model} /> : null}
    </div>
  );
}

function NotYet({ confidence }: { confidence: Confidence }) {
  return (
    <Panel title={`Not enough yet: ${count(confidence.n)} of about ${count(confidence.needed)} blind answers`}>
      <div className={layout.stack}>
        <Bar label="Blind answers" total={confidence.needed} parts={[{ n: Math.min(confidence.n, confidence.needed), color: "var(--accent)", title: "blind answers" }]} />
        {confidence.why ? <p>{confidence.why}</p> : null}
        <p className={layout.help}>
          A number that a model states about itself is often too high, so that none is shown before it was compared with people. Blind items come up as people
          label; the model answers them when it runs, and nobody sees that.
        </p>
      </div>
    </Panel>
  );
}

function Ready({ confidence, model }: { confidence: Confidence; model: Model }) {
  const names = confidence.signals.map(signalName);
  return (
    <>
      <Panel title={`Measures on ${count(confidence.n)} blind answers, version ${confidence.version}`}>
        <div className={css.figures}>
          <Figure name="AUROC" measure={confidence.auroc} text="How well the score tells right from wrong: .5 is chance, 1 is perfect." />
          <Figure name="Calibration error (ECE)" measure={confidence.ece} text="How far the score is from the share that is right, on average; 0 is perfect." />
          <Figure name="Brier score" measure={confidence.brier} text="Both in one, as a squared error; lower is better." />
        </div>
        <p className={layout.help} style={{ marginTop: 12 }}>
          Made of: {names.join("; ") || "–"}. No answer was used to judge a fit that had seen it.
        </p>
      </Panel>
      <Panel
        title="Of what it calls 80% sure, how much is right?"
        tools={
          <Button size="small" onClick={() => saveCsv(confidence, model.name)}>
            CSV
          </Button>
        }
      >
        {confidence.bins.length === 0 ? <Note>There is nothing to draw yet.</Note> : null}
        <div className={css.plotSide}>
          <ReliabilityPlot bins={confidence.bins} />
          <Table confidence={confidence} />
        </div>
      </Panel>
    </>
  );
}

function Figure({ name, measure, text }: { name: string; measure: Measure | null; text: string }) {
  return (
    <div>
      <div className={css.figureName}>{name}</div>
      <div className={css.figureValue}>{measure?.value === null || measure === null ? "too few" : measure.value.toFixed(3)}</div>
      {measure && measure.value !== null ? (
        <div className="mono">
          {measure.low.toFixed(3)} to {measure.high.toFixed(3)}
        </div>
      ) : null}
      <div className={layout.help}>{text}</div>
    </div>
  );
}

function Table({ confidence }: { confidence: Confidence }) {
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <caption className="visually-hidden">The numbers behind the plot</caption>
        <thead>
          <tr>
            <th>Score</th>
            <th className={layout.number}>Answers</th>
            <th className={layout.number}>Mean score</th>
            <th className={layout.number}>Right</th>
            <th className={layout.number}>95% interval</th>
          </tr>
        </thead>
        <tbody>
          {confidence.bins.map((bin) => (
            <tr key={bin.low}>
              <td className="mono">
                {bin.low.toFixed(2)} to {bin.high.toFixed(2)}
              </td>
              <td className={layout.number}>{count(bin.n)}</td>
              <td className={layout.number}>{percent(bin.mean)}</td>
              <td className={layout.number}>{percent(bin.share)}</td>
              <td className={layout.number}>
                {percent(bin.share_low)} to {percent(bin.share_high)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function saveCsv(confidence: Confidence, name: string) {
  const header = ["score_low", "score_high", "answers", "mean_score", "share_right", "share_low", "share_high"];
  downloadCsv(`confidence-${name}-v${confidence.version}.csv`, header, confidence.bins.map((bin) => [bin.low, bin.high, bin.n, bin.mean, bin.share, bin.share_low, bin.share_high]));
}
