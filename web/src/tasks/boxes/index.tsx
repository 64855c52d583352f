/** Rectangles, each with a label: on an image, upright or turned where the question says so, or on the pages of a document. */
import { Checkbox } from "@mantine/core";
import { ImageEditor } from "../image/Editor";
import { widgetOf } from "../image/widget";
import { PageBoxes } from "../pages/PageBoxes";
import { documentField } from "../pages/document";
import type { SettingsProps, WidgetProps } from "../types";
import { boxKind, type Box } from "./box";

const rules = { isBox: boxKind.isMark, signature: boxKind.signature };

function Editor(props: WidgetProps<Box[]>) {
  const paged = documentField(props.question, props.fields)?.kind === "document";
  return paged ? <PageBoxes key={props.question.name} {...props} rules={rules} /> : <ImageEditor key={props.question.name} kind={boxKind} {...props} />;
}

function Settings({ question, onChange }: SettingsProps) {
  const { rotated, ...rest } = question.config;
  return <Checkbox label="Boxes may be turned" checked={rotated === true} onChange={(event) => onChange({ ...question, config: event.currentTarget.checked ? { ...rest, rotated: true } : rest })} />;
}

export const widget = widgetOf(boxKind, { Editor, Settings });
