/** Rectangles on an image, each with a label. */
import { Chips, countLabels } from "../labels/Chips";
import { holdsPart, newParts, regionParts } from "../regions/parts";
import type { TaskWidget } from "../types";
import { Editor } from "./Editor";
import { isBox, signature, type Box } from "./model";

export const widget: TaskWidget<Box[]> = {
  type: "boxes",
  place: "field",
  Editor,
  View: ({ question, value }) => {
    const counts = countLabels(value);
    return <Chips question={question} values={[...counts.keys()]} counts={counts} />;
  },
  parts: (suggestion) => regionParts(suggestion, isBox),
  accept: (value, parts) => {
    const fresh = newParts(value, parts, isBox, signature);
    return fresh.length > 0 ? [...(value ?? []), ...fresh] : (value ?? []);
  },
  holds: (value, part) => isBox(part) && holdsPart(value, part, signature),
  isEmpty: (value) => !value || value.length === 0,
  stays: true,
};
