/** Lines on an image, each through two points or more. */
import { IconLine } from "@tabler/icons-react";
import { NumberInput } from "@mantine/core";
import { PathPen } from "../../canvas/pens";
import { lassoTool } from "../image/edge-tools";
import { isNamed, isPoints, type Kind, type Mark } from "../image/marks";
import { fromPairs, pathSignature, toPairs, type Pair } from "../image/pairs";
import { widgetOf } from "../image/widget";
import type { SettingsProps } from "../types";

export interface Line extends Mark {
  points: Pair[];
}

export const lineKind: Kind<Line> = {
  type: "lines",
  noun: "line",
  nouns: "lines",
  tools: [{ id: "draw", title: "Draw lines", key: "P", Icon: IconLine, hint: "Click point after point, Enter or a double click ends the line; or drag to draw freely.", pen: ({ paper }) => new PathPen(paper, "line") }, lassoTool("line")],
  isMark: (value): value is Line => isNamed(value) && isPoints((value as Line).points, 2, 2),
  signature: (mark) => pathSignature(mark.label, [mark.points]),
  shapeOf: (mark) => ({ kind: "line", points: fromPairs(mark.points) }),
  geometry: (shape, image) => (shape.kind === "line" && shape.points.length > 1 ? { points: toPairs(shape.points, image) } : null),
  inMiddle: ({ x, y }, side) => ({ kind: "line", points: [{ x: x - side / 2, y }, { x: x + side / 2, y }] }),
};

function Settings({ question, onChange }: SettingsProps) {
  const { tolerance } = question.config;
  return (
    <NumberInput
      label="Two lines are the same up to" description="Pixels that they may lie apart on average; counts for agreement." w={260} min={0.1} max={10000} suffix=" px"
      value={typeof tolerance === "number" ? tolerance : 10} onChange={(n) => typeof n === "number" && onChange({ ...question, config: { ...question.config, tolerance: n } })}
    />
  );
}

export const widget = widgetOf(lineKind, { Settings });
