/** Labelled stretches of a text; may nest and overlap. */
import { Chips, countLabels } from "../labels/Chips";
import { holdsPart, newParts, regionParts } from "../regions/parts";
import type { TaskWidget } from "../types";
import { KnowledgeSetting } from "../marking/KnowledgeSetting";
import { ReadsSetting } from "../marking/ReadsSetting";
import { Editor } from "./Editor";
import { isSpan, signature, withSpans, type Span } from "../marking/model";

export const widget: TaskWidget<Span[]> = {
  type: "spans",
  place: "field",
  Editor,
  View: ({ question, value }) => {
    const counts = countLabels(value);
    return <Chips question={question} values={[...counts.keys()]} counts={counts} />;
  },
  parts: (suggestion) => regionParts(suggestion, isSpan),
  accept: (value, parts) => withSpans(value ?? [], newParts(value, parts, isSpan, signature)),
  holds: (value, part) => isSpan(part) && holdsPart(value, part, signature),
  Settings: (props) => <><ReadsSetting {...props} /><KnowledgeSetting {...props} /></>,
  isEmpty: (value) => !value || value.length === 0,
};
