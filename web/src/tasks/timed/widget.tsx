/** The widget of a kind of segments of time. */
import { NumberInput, Select } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";
import { missingAttribute } from "../image/attributes";
import { Chips, countLabels } from "../labels/Chips";
import { holdsPart, newParts, regionParts } from "../regions/parts";
import type { SettingsProps, TaskWidget, WidgetProps } from "../types";
import { TimedEditor } from "./Editor";
import { useSeries } from "./useSeries";
import { SeriesEditor } from "./SeriesEditor";
import { isSegment, signature, sorted, type Segment, type TimedKind } from "./model";

export function timedWidget(kind: TimedKind, Settings: ComponentType<SettingsProps>): TaskWidget<Segment[]> {
  return {
    type: kind.type,
    place: "field",
    Editor: (props: WidgetProps<Segment[]>) => <Either kind={kind} {...props} />,
    View: ({ question, value }) => {
      const counts = countLabels(value);
      const said = kind.worded ? value.map((one) => one.text).filter(Boolean).join(" ") : "";
      return <><Chips question={question} values={[...counts.keys()]} counts={counts} />{said ? <span dir="auto"> {said.length > 300 ? `${said.slice(0, 300)}…` : said}</span> : null}</>;
    },
    parts: (suggestion) => regionParts(suggestion, isSegment),
    accept: (value, parts) => {
      const fresh = newParts(value, parts, isSegment, signature);
      return fresh.length > 0 ? sorted([...(value ?? []), ...fresh]) : (value ?? []);
    },
    holds: (value, part) => isSegment(part) && holdsPart(value, part, signature),
    isEmpty: (value) => !value || value.length === 0,
    problem: (value, { question }) => missingAttribute(question, value),
    Settings,
  };
}

/** Segments of sound and film, or of the curves in a table. */
function Either({ kind, ...props }: WidgetProps<Segment[]> & { kind: TimedKind }) {
  const series = useSeries(props.question, props.item);
  return series ? <SeriesEditor key={props.item.id} kind={{ ...kind, over: "the curves" }} series={series} {...props} /> : <TimedEditor kind={kind} {...props} />;
}

const OVERLAPS = [
  { value: "true", title: "may overlap" },
  { value: "labels", title: "may overlap if their labels differ" },
  { value: "false", title: "may not overlap" },
];

/** What all questions about time may be set to. */
export function TimedSettings({ question, onChange, children }: Pick<SettingsProps, "question" | "onChange"> & { children?: ReactNode }) {
  const { config } = question;
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...config, ...change } });
  return (
    <>
      <Select
        label="Segments" w={260} allowDeselect={false} data={OVERLAPS.map(({ value, title }) => ({ value, label: title }))} value={String(config.overlap ?? true)}
        onChange={(value) => value && set({ overlap: value === "labels" ? value : value === "true" })}
      />
      <NumberInput
        label="Shortest segment" description="0: as short as it may be." w={260} min={0} max={3600} step={0.1} suffix=" s"
        value={typeof config.min_length === "number" ? config.min_length : 0} onChange={(n) => typeof n === "number" && set({ min_length: n })}
      />
      {children}
    </>
  );
}
