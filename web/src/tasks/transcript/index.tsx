/** Who says what, and when: segments with a speaker and words. */
import { TextInput } from "@mantine/core";
import type { TimedKind } from "../timed/model";
import { TimedSettings, timedWidget } from "../timed/widget";
import type { SettingsProps } from "../types";

export const transcriptKind: TimedKind = { type: "transcript", noun: "segment", nouns: "segments", worded: true };

function Settings({ question, onChange }: SettingsProps) {
  const names = Array.isArray(question.config.of_speaker) ? (question.config.of_speaker as string[]) : [];
  const { of_speaker: _, ...rest } = question.config;
  const set = (text: string) => {
    const given = text.split(",").map((name) => name.trim()).filter(Boolean);
    onChange({ ...question, config: given.length > 0 ? { ...rest, of_speaker: given } : rest });
  };
  return (
    <TimedSettings question={question} onChange={onChange}>
      <TextInput
        key={names.join()} label="Attributes of the speaker" description="Names, with commas: asked once for a speaker, not for each segment." w={260}
        defaultValue={names.join(", ")} onBlur={(event) => event.currentTarget.value !== names.join(", ") && set(event.currentTarget.value)}
      />
    </TimedSettings>
  );
}

export const widget = timedWidget(transcriptKind, Settings);
