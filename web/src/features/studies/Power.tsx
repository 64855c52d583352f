/** How likely the study is to find the saving that one cares about, and how large it would have to be. */
import { NumberInput, Switch } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { api } from "../../api/client";
import type { Design, Pilot, Project, StudySize } from "../../api/types";
import { ErrorNote, Panel } from "../../ui";
import { percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { Figure, lines, type PlotLibrary } from "../../ui/plot";
import css from "./studies.module.css";

interface Props {
  project: Project;
  design: Design;
  pilot: Pilot | undefined;
  onChange(part: Partial<Design>): void;
}

export function Power({ project, design, pilot, onChange }: Props) {
  const [own, setOwn] = useState(false);
  const spread = own ? (pilot?.spread ?? null) : null;
  const people = design.people.length || 8;
  const asked = { saving: design.saving, per_arm: design.per_arm, people, arms: design.arms.length, layout: design.layout, withhold: design.withhold, level: design.level, spread };
  const [settled] = useDebouncedValue(asked, 250);
  const size = useQuery({
    queryKey: ["study-size", project.id, settled], placeholderData: keepPreviousData, staleTime: Infinity,
    queryFn: () => api.post<StudySize>(`/projects/${project.id}/studies/size`, settled),
  });
  return (
    <Panel title="Is it large enough?">
      <div className={layout.stack}>
        <NumberInput
          label="The saving of time that you care to find" suffix=" %" min={1} max={95} value={Math.round(design.saving * 100)}
          onChange={(value) => typeof value === "number" && onChange({ saving: value / 100 })}
        />
        <ErrorNote error={size.error} />
        {size.data ? <Answer size={size.data} people={people} chosen={design.people.length > 0} design={design} /> : null}
        {pilot?.spread ? <Switch label={`Use how ${plural(pilot.answers, "answer")} of this project vary`} checked={own} onChange={(event) => setOwn(event.currentTarget.checked)} /> : null}
      </div>
    </Panel>
  );
}

function Answer({ size, people, chosen, design }: { size: StudySize; people: number; chosen: boolean; design: Design }) {
  const draw = useCallback(
    (plot: PlotLibrary) =>
      lines(plot, size.by_people.filter((p) => p.n <= 48).map((p) => ({ x: p.n, value: p.power })), { label: "people" }, { label: "chance to find it", domain: [0, 1], percent: true }, size.wanted),
    [size],
  );
  return (
    <>
      <p className={css.power} aria-live="polite">
        <strong data-enough={size.power >= size.wanted || undefined}>{percent(size.power)}</strong>
        <span>
          chance to find it with {plural(people, "person", "people")}{chosen ? "" : " (nobody chosen yet)"} and {design.per_arm} items per arm
        </span>
      </p>
      <p className={layout.help}>
        For {percent(size.wanted)}: {size.people_needed === null ? "no number of people suffices" : `${size.people_needed} people`} with {design.per_arm} items, or{" "}
        {size.per_arm_needed === null ? "no number of items suffices" : `${size.per_arm_needed} items`} with {people} people. {size.why}
      </p>
      <Figure
        title="Chance by people" basis={`${design.per_arm} items per arm, a saving of ${percent(design.saving)}`} rows={size.by_people} height={190} file="study-power"
        columns={[{ title: "People", value: (row) => row.n }, { title: "Chance", value: (row) => row.power, text: (row) => percent(row.power) }]} draw={draw}
      />
    </>
  );
}
