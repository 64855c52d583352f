/** The commands of the box editor, as data. Those on a selected box exist only while one is selected. */
import type { Tool } from "../../canvas/gestures";
import type { Command } from "../types";
import type { DrawnBox } from "./model";

export interface BoxActions {
  group: string;
  selected: DrawnBox | null;
  some: boolean;
  tool: Tool;
  /** There is something that Esc can back out of. */
  busy: boolean;
  setTool(tool: Tool): void;
  step(by: 1 | -1): void;
  add(): void;
  zoom(): void;
  fit(): void;
  hide(): void;
  accept(): void;
  reject(): void;
  remove(): void;
  copy(): void;
  move(dx: number, dy: number): void;
  grow(dw: number, dh: number): void;
  back(): void;
}

const ARROWS: readonly [key: string, name: string, dx: number, dy: number][] = [
  ["ArrowLeft", "left", -1, 0],
  ["ArrowRight", "right", 1, 0],
  ["ArrowUp", "up", 0, -1],
  ["ArrowDown", "down", 0, 1],
];

export function boxCommands(a: BoxActions): Command[] {
  const { group } = a;
  const make = (scope: "tool" | "region", id: string, title: string, keys: string[], run: () => void, enabled = true): Command => ({ id: `boxes.${id}`, title, keys, group, scope, run, enabled });
  const tools = [
    make("tool", "draw", "Draw boxes", ["B"], () => a.setTool("draw")),
    make("tool", "select", "Select and move boxes", ["V"], () => a.setTool("select")),
    make("tool", "add", "New box in the middle", ["Shift+B"], a.add),
    make("tool", "next", "Next box", ["J"], () => a.step(1), a.some),
    make("tool", "previous", "Previous box", ["K"], () => a.step(-1), a.some),
    make("tool", "zoom", "Zoom to the box, or show the whole image", ["Z"], a.zoom),
    make("tool", "fit", "Show the whole image", ["Shift+Z"], a.fit),
    make("tool", "hide", "Hide boxes while held", ["H"], a.hide),
  ];
  const back = a.busy ? [make("region", "back", "Let go", ["Escape"], a.back)] : [];
  if (a.selected === null) return [...tools, ...back];
  if (a.selected.suggested) {
    return [...tools, ...back, make("region", "accept", "Accept this suggestion", ["A"], a.accept), make("region", "reject", "Reject this suggestion", ["R"], a.reject)];
  }
  return [...tools, ...back, ...onSelected(a, make)];
}

type Make = (scope: "region", id: string, title: string, keys: string[], run: () => void) => Command;

function onSelected(a: BoxActions, make: Make): Command[] {
  const arrows = ARROWS.flatMap(([key, name, dx, dy]) => [
    make("region", `move-${name}`, `Move 1 px ${name}`, [key], () => a.move(dx, dy)),
    make("region", `move-far-${name}`, `Move 10 px ${name}`, [`Shift+${key}`], () => a.move(10 * dx, 10 * dy)),
    make("region", `grow-${name}`, `Resize 1 px ${name}`, [`Alt+${key}`], () => a.grow(dx, dy)),
    make("region", `grow-far-${name}`, `Resize 10 px ${name}`, [`Alt+Shift+${key}`], () => a.grow(10 * dx, 10 * dy)),
  ]);
  return [
    make("region", "remove", "Remove the box", ["Delete", "Backspace"], a.remove),
    make("region", "copy", "Duplicate the box", ["$mod+D"], a.copy),
    ...arrows,
  ];
}
