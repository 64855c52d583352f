/** Labelled stretches of time of an audio or video field. */
import { Select } from "@mantine/core";
import type { TimedKind } from "../timed/model";
import { TimedSettings, timedWidget } from "../timed/widget";
import type { SettingsProps } from "../types";

export const segmentKind: TimedKind = { type: "segments", noun: "segment", nouns: "segments", worded: false };

function Settings({ question, onChange }: SettingsProps) {
  const measure = question.config.agree_by === "time" ? "time" : "segments";
  return (
    <TimedSettings question={question} onChange={onChange}>
      <Select
        label="People agree by" description="Segments: who found which event. Time: how long what was heard." w={260} allowDeselect={false} value={measure}
        data={[{ value: "segments", label: "segments that match" }, { value: "time", label: "time that has the same label" }]}
        onChange={(value) => value && onChange({ ...question, config: { ...question.config, agree_by: value } })}
      />
    </TimedSettings>
  );
}

export const widget = timedWidget(segmentKind, Settings);
