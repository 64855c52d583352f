/** The widget of a kind of things on an image. */
import { Chips, countLabels } from "../labels/Chips";
import { RelationTypes } from "../linking/RelationTypes";
import { typesOf } from "../linking/links";
import { holdsPart, newParts } from "../regions/parts";
import type { TaskWidget, WidgetProps } from "../types";
import { AttributeSettings } from "./AttributeSettings";
import { missingAttribute } from "./attributes";
import { ImageEditor } from "./Editor";
import type { Kind, Mark } from "./marks";
import { graphOf, linksOf, stored, thingParts } from "./related";

export function widgetOf<M extends Mark>(kind: Kind<M>, more: Partial<TaskWidget<M[]>> = {}): TaskWidget<M[]> {
  const { isMark, signature } = kind;
  const links = linksOf(kind);
  const Own = more.Settings;
  return {
    type: kind.type,
    place: "field",
    Editor: (props: WidgetProps<M[]>) => <ImageEditor key={props.question.name} kind={kind} {...props} />,
    View: ({ question, value }) => {
      const counts = countLabels(value);
      return <Chips question={question} values={[...counts.keys()]} counts={counts} />;
    },
    parts: (suggestion) => {
      const things = thingParts(kind, suggestion);
      return [...things, ...links.linkParts(suggestion, things)];
    },
    accept: (value, parts, question) => {
      const fresh = newParts(value, parts, isMark, signature);
      const things = fresh.length > 0 ? [...(value ?? []), ...fresh] : (value ?? []);
      const related = parts.filter(links.isLinkPart);
      if (related.length === 0) return things;
      const types = typesOf(question);
      return stored(kind, related.reduce((graph, part) => links.withLinkPart(graph, types, part), graphOf(kind, things)));
    },
    holds: (value, part) => (links.isLinkPart(part) ? value !== undefined && links.holdsLink(graphOf(kind, value), part, []) : isMark(part) && holdsPart(value, part, signature)),
    isEmpty: (value) => !value || value.length === 0,
    problem: (value, { question }) => missingAttribute(question, value),
    stays: true,
    ...more,
    Settings: (props) => <>{Own ? <Own {...props} /> : null}<AttributeSettings {...props} />{kind.unrelated ? null : <RelationTypes {...props} />}</>,
  };
}
