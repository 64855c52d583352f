/** A study run many times with simulated people, before anybody is asked: how often would it find what is put in? */
import { Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Design, Pilot, Project, StudyForecast } from "../../api/types";
import { Button, ErrorNote } from "../../ui";
import { count, duration, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { CROWD, CrowdForm, fromPilot } from "./CrowdForm";
import { ReportView } from "./ReportView";
import css from "./studies.module.css";
import { change } from "./studyWords";

interface Props {
  project: Project;
  design: Design;
  pilot: Pilot | undefined;
  onClose(): void;
}

const RUNS = 200;

export function StudyRehearsal({ project, design, pilot, onClose }: Props) {
  const [crowd, setCrowd] = useState(CROWD);
  const [work, setWork] = useState(() => fromPilot(pilot));
  const people = design.people.length || 8;
  const run = useMutation({
    mutationFn: () => api.post<StudyForecast>(`/projects/${project.id}/studies/rehearse`, { design, people, crowd, work, runs: RUNS, seed: design.seed }),
  });
  return (
    <Modal opened onClose={onClose} title={`Rehearse with ${plural(people, "simulated person", "simulated people")}`} centered size={880}>
      <div className={layout.stack}>
        <CrowdForm crowd={crowd} work={work} onCrowd={setCrowd} onWork={setWork} />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Close</Button>
          <Button kind="primary" busy={run.isPending} onClick={() => run.mutate()}>Run it {RUNS} times</Button>
        </div>
        <ErrorNote error={run.error} />
        {run.data ? <Outlook forecast={run.data} design={design} /> : null}
      </div>
    </Modal>
  );
}

function Outlook({ forecast, design }: { forecast: StudyForecast; design: Design }) {
  return (
    <div className={layout.stack}>
      <p>
        {duration(forecast.hours * 3600)} of work in all, {duration(forecast.hours_per_person * 3600)} a person
        {forecast.cost === null ? "" : `, ${count(forecast.cost)} ${design.currency}`}.
      </p>
      {forecast.arms.map((arm) => (
        <section key={arm.arm} className={css.verdict}>
          <h3>{arm.arm} against {design.arms[0]?.name}</h3>
          <p>
            Put in: time {change(arm.ratio)}, quality {(100 * arm.difference).toFixed(1)} points. A difference of time was found in {percent(arm.found)} of{" "}
            {forecast.runs} runs (95% interval {percent(arm.found_low)} to {percent(arm.found_high)}).
          </p>
          <div className={css.runs}>
            {Object.entries(arm.verdicts).sort((a, b) => b[1] - a[1]).map(([verdict, n]) => <span key={verdict}><b>{percent(n / forecast.runs)}</b> {verdict}</span>)}
          </div>
        </section>
      ))}
      <details className={css.more}>
        <summary>The report of the first run</summary>
        <ReportView report={forecast.example} />
      </details>
    </div>
  );
}
