/** The commands of the editor of things on an image, as data. Those on a selected thing exist only while one is selected. */
import type { Command } from "../types";
import type { DrawnMark, ToolSpec } from "./marks";

export interface Actions {
  /** What the ids begin with: the task type. */
  prefix: string;
  group: string;
  noun: string;
  nouns: string;
  tools: readonly ToolSpec[];
  selected: DrawnMark | null;
  /** Several are selected: how many of the person's own, how many suggested. */
  several: { own: number; offered: number } | null;
  locked: boolean;
  some: boolean;
  /** There is something that Esc can back out of. */
  busy: boolean;
  /** Its points can be gone through. */
  pointed: boolean;
  figure: boolean;
  brush: boolean;
  setTool(id: string): void;
  step(by: 1 | -1): void;
  all(): void;
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
  stepPoint(by: 1 | -1): void;
  toggleSeen(): void;
  hideOne(): void;
  showAll(): void;
  lock(): void;
  raise(by: 1 | -1): void;
  join(): void;
  snap(): void;
  /** The image has several pages. */
  pages: boolean;
  turnPage(by: 1 | -1): void;
  turnView(): void;
  resizeBrush(factor: number): void;
  clear(): void;
}

const ARROWS: readonly [key: string, name: string, dx: number, dy: number][] = [
  ["ArrowLeft", "left", -1, 0],
  ["ArrowRight", "right", 1, 0],
  ["ArrowUp", "up", 0, -1],
  ["ArrowDown", "down", 0, 1],
];

type Make = (scope: "tool" | "region", id: string, title: string, keys: string[], run: () => void, enabled?: boolean) => Command;

export function imageCommands(a: Actions): Command[] {
  const make: Make = (scope, id, title, keys, run, enabled = true) => ({ id: `${a.prefix}.${id}`, title, keys, group: a.group, scope, run, enabled });
  const always = [...onTools(a, make), ...onView(a, make)];
  const back = a.busy ? [make("region", "back", "Let go", ["Escape"], a.back)] : [];
  if (a.several) {
    const offered = a.several.offered > 0 ? [make("region", "accept", "Accept the suggestions that are selected", ["A"], a.accept), make("region", "reject", "Reject the suggestions that are selected", ["R"], a.reject)] : [];
    return [...always, ...back, ...offered, ...(a.several.own > 0 ? onSelected(a, make) : [])];
  }
  if (a.selected === null) return [...always, ...back];
  if (a.selected.suggested) {
    return [...always, ...back, make("region", "accept", "Accept this suggestion", ["A"], a.accept), make("region", "reject", "Reject this suggestion", ["R"], a.reject)];
  }
  return [...always, ...back, ...onSelected(a, make)];
}

function onTools(a: Actions, make: Make): Command[] {
  return [
    ...a.tools.map((tool) => make("tool", tool.id, tool.title, [tool.key], () => a.setTool(tool.id))),
    make("tool", "select", `Select and move ${a.nouns}`, ["V"], () => a.setTool("select")),
    make("tool", "add", `New ${a.noun} in the middle`, [`Shift+${a.tools[0]!.key}`], a.add),
    make("tool", "next", `Next ${a.noun}`, ["J"], () => a.step(1), a.some),
    make("tool", "previous", `Previous ${a.noun}`, ["K"], () => a.step(-1), a.some),
    make("tool", "all", `Select all ${a.nouns} in view`, ["$mod+A"], a.all, a.some),
    make("tool", "snap", "Snap to other shapes, on or off", ["Shift+S"], a.snap),
    ...(a.brush ? [make("tool", "smaller", "Smaller brush", ["["], () => a.resizeBrush(1 / 1.25)), make("tool", "larger", "Larger brush", ["]"], () => a.resizeBrush(1.25)), make("tool", "clear", `Take pixels from the ${a.nouns} underneath, or not`, ["U"], a.clear)] : []),
  ];
}

function onView(a: Actions, make: Make): Command[] {
  return [
    make("tool", "zoom", `Zoom to ${a.several ? "what is selected" : `the ${a.noun}`}, or show the whole image`, ["Z"], a.zoom),
    make("tool", "fit", "Show the whole image", ["Shift+Z"], a.fit),
    make("tool", "hide", `Hide ${a.nouns} while held`, ["H"], a.hide),
    make("tool", "show-all", "Show all that were hidden", ["Alt+Shift+H"], a.showAll),
    ...(a.pages ? [make("tool", "page-after", "Next page of the image", ["PageDown"], () => a.turnPage(1)), make("tool", "page-before", "Page before of the image", ["PageUp"], () => a.turnPage(-1))] : []),
    make("tool", "turn-view", "Turn the view by a quarter", ["Shift+R"], a.turnView),
  ];
}

function onSelected(a: Actions, make: Make): Command[] {
  const it = a.several ? "what is selected" : `the ${a.noun}`;
  const arrows = a.locked ? [] : ARROWS.flatMap(([key, name, dx, dy]) => [
    make("region", `move-${name}`, `Move 1 px ${name}`, [key], () => a.move(dx, dy)),
    make("region", `move-far-${name}`, `Move 10 px ${name}`, [`Shift+${key}`], () => a.move(10 * dx, 10 * dy)),
    ...(a.several ? [] : [
      make("region", `grow-${name}`, `Resize 1 px ${name}`, [`Alt+${key}`], () => a.grow(dx, dy)),
      make("region", `grow-far-${name}`, `Resize 10 px ${name}`, [`Alt+Shift+${key}`], () => a.grow(10 * dx, 10 * dy)),
    ]),
  ]);
  const points = a.pointed ? [make("region", "next-point", "Next point", ["N"], () => a.stepPoint(1)), make("region", "previous-point", "Previous point", ["Shift+N"], () => a.stepPoint(-1))] : [];
  const seen = a.figure ? [make("region", "seen", "The point is seen, hidden, or not there", ["U"], a.toggleSeen)] : [];
  return [
    make("region", "remove", a.several ? `Remove ${it}` : `Remove the ${a.noun}, or the picked point`, ["Delete", "Backspace"], a.remove),
    make("region", "copy", `Duplicate ${it}`, ["$mod+D"], a.copy),
    make("region", "hide-one", `Hide ${it}`, ["Shift+H"], a.hideOne),
    make("region", "lock", `Lock ${it}, or unlock it`, ["Shift+L"], a.lock),
    make("region", "front", "Nearer to the front", ["Shift+PageUp"], () => a.raise(1)),
    make("region", "behind", "Farther to the back", ["Shift+PageDown"], () => a.raise(-1)),
    make("region", "join", a.several ? "Into one group, or out of it" : "Into one group with the one selected before", ["Shift+G"], a.join),
    ...points, ...seen, ...arrows,
  ];
}

/** While something is being drawn, these keys belong to it. */
export function penCommands(a: Pick<Actions, "prefix" | "group" | "back"> & { finish(): void; undoPoint(): void; skip: (() => void) | null }): Command[] {
  const make = (id: string, title: string, keys: string[], run: () => void): Command => ({ id: `${a.prefix}.${id}`, title, keys, group: a.group, scope: "region", run });
  return [
    make("close", "Close the shape", ["Enter"], a.finish),
    make("undo-point", "Take the last point back", ["Backspace", "Delete"], a.undoPoint),
    make("back", "Give it up", ["Escape"], a.back),
    ...(a.skip ? [make("skip", "This point is not there", ["N"], a.skip)] : []),
  ];
}
