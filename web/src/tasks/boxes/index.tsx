/** Rectangles on an image, each with a label; upright, or turned where the question says so. */
import { Checkbox } from "@mantine/core";
import type { SettingsProps } from "../types";
import { boxKind } from "./box";
import { widgetOf } from "../image/widget";

function Settings({ question, onChange }: SettingsProps) {
  const { rotated, ...rest } = question.config;
  return <Checkbox label="Boxes may be turned" checked={rotated === true} onChange={(event) => onChange({ ...question, config: event.currentTarget.checked ? { ...rest, rotated: true } : rest })} />;
}

export const widget = widgetOf(boxKind, { Settings });
