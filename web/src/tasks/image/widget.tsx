/** The widget of a kind of things on an image. */
import { Chips, countLabels } from "../labels/Chips";
import { holdsPart, newParts, regionParts } from "../regions/parts";
import type { TaskWidget, WidgetProps } from "../types";
import { AttributeSettings } from "./AttributeSettings";
import { missingAttribute } from "./attributes";
import { ImageEditor } from "./Editor";
import type { Kind, Mark } from "./marks";

export function widgetOf<M extends Mark>(kind: Kind<M>, more: Partial<TaskWidget<M[]>> = {}): TaskWidget<M[]> {
  const { isMark, signature } = kind;
  const Own = more.Settings;
  return {
    type: kind.type,
    place: "field",
    Editor: (props: WidgetProps<M[]>) => <ImageEditor key={props.question.name} kind={kind} {...props} />,
    View: ({ question, value }) => {
      const counts = countLabels(value);
      return <Chips question={question} values={[...counts.keys()]} counts={counts} />;
    },
    parts: (suggestion) => regionParts(suggestion, isMark),
    accept: (value, parts) => {
      const fresh = newParts(value, parts, isMark, signature);
      return fresh.length > 0 ? [...(value ?? []), ...fresh] : (value ?? []);
    },
    holds: (value, part) => isMark(part) && holdsPart(value, part, signature),
    isEmpty: (value) => !value || value.length === 0,
    problem: (value, { question }) => missingAttribute(question, value),
    stays: true,
    ...more,
    Settings: (props) => <>{Own ? <Own {...props} /> : null}<AttributeSettings {...props} /></>,
  };
}
