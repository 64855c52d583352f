/** Things followed through a video: key frames, and what lies between them worked out. */
import { Chips, countLabels } from "../labels/Chips";
import type { Track } from "../../lib/track";
import { missingAttribute } from "../image/attributes";
import { holdsPart, newParts, regionParts } from "../regions/parts";
import type { TaskWidget } from "../types";
import { TracksEditor } from "./Editor";
import { isTrack, signatureOf } from "./kind";

export const widget: TaskWidget<Track[]> = {
  type: "tracks",
  place: "field",
  Editor: (props) => <TracksEditor key={props.question.name} {...props} />,
  View: ({ question, value }) => {
    const counts = countLabels(value);
    return <Chips question={question} values={[...counts.keys()]} counts={counts} />;
  },
  parts: (suggestion) => regionParts(suggestion, isTrack),
  accept: (value, parts) => {
    const fresh = newParts(value, parts, isTrack, signatureOf);
    return fresh.length > 0 ? [...(value ?? []), ...fresh] : (value ?? []);
  },
  holds: (value, part) => isTrack(part) && holdsPart(value, part, signatureOf),
  isEmpty: (value) => !value || value.length === 0,
  problem: (value, { question }) =>
    missingAttribute(question, value) ??
    missingAttribute({ ...question, config: { attributes: question.config.changing } }, value.map((track) => ({ label: track.label, attributes: track.keyframes.find((key) => !key.outside)?.attributes }))),
  stays: true,
};
