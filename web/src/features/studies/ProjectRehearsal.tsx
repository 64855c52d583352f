/** What would labelling the whole project cost, and how good would it be, by hand and with suggestions, with one answer or more? */
import { Modal, NumberInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { pilotQuery } from "../../api/queries";
import type { Pilot, Project, Way } from "../../api/types";
import { Button, ErrorNote, Skeleton } from "../../ui";
import { count, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { CROWD, CrowdForm, fromPilot } from "./CrowdForm";

export function ProjectRehearsal({ project, onClose }: { project: Project; onClose(): void }) {
  const pilot = useQuery(pilotQuery(project.id, project.spec.questions[0]?.name ?? ""));
  return (
    <Modal opened onClose={onClose} title="Rehearse the project" centered size={760}>
      {pilot.isPending ? <Skeleton height={240} /> : <Ways project={project} pilot={pilot.data} />}
    </Modal>
  );
}

function Ways({ project, pilot }: { project: Project; pilot: Pilot | undefined }) {
  const [crowd, setCrowd] = useState(CROWD);
  const [work, setWork] = useState(() => fromPilot(pilot));
  const [items, setItems] = useState(Math.max(1, project.counts.items - project.counts.aside - project.counts.done));
  const [people, setPeople] = useState(4);
  const [hourly, setHourly] = useState(30);
  const run = useMutation({ mutationFn: () => api.post<Way[]>(`/projects/${project.id}/rehearse`, { items, people, hourly, crowd, work }) });
  const put = (set: (n: number) => void) => (value: number | string) => typeof value === "number" && set(value);
  return (
    <div className={layout.stack}>
      <p className={layout.help}>
        {pilot && pilot.answers > 0 ? `Times begin with the median of ${plural(pilot.answers, "answer")} of this project. ` : ""}The rest is a guess: vary it and see what matters.
      </p>
      <div className={layout.two}>
        <NumberInput label="Items" min={1} value={items} thousandSeparator="," onChange={put(setItems)} />
        <NumberInput label="People" min={1} max={1000} value={people} onChange={put(setPeople)} />
        <NumberInput label="An hour of work costs" min={0} value={hourly} onChange={put(setHourly)} />
      </div>
      <CrowdForm crowd={crowd} work={work} onCrowd={setCrowd} onWork={setWork} />
      <div className={layout.row} style={{ justifyContent: "flex-end" }}>
        <Button kind="primary" busy={run.isPending} onClick={() => run.mutate()}>Rehearse</Button>
      </div>
      <ErrorNote error={run.error} />
      {run.data ? <Table ways={run.data} /> : null}
    </div>
  );
}

function Table({ ways }: { ways: Way[] }) {
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <thead>
          <tr><th>Way</th><th className={layout.number}>Hours</th><th className={layout.number}>Days</th><th className={layout.number}>Cost</th><th className={layout.number}>Right in the end</th></tr>
        </thead>
        <tbody>
          {ways.map((way) => (
            <tr key={way.name}>
              <td>{way.name}</td>
              <td className={layout.number}>{way.hours < 10 ? way.hours.toFixed(1) : count(way.hours)}</td>
              <td className={layout.number}>{way.days.toFixed(1)}</td>
              <td className={layout.number}>{count(way.cost)}</td>
              <td className={layout.number}>{percent(way.right, 1)} <small className="dim">± {(100 * way.right_sd).toFixed(1)}</small></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
