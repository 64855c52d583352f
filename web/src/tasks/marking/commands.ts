/** The commands of the span editor, as data. Those on a selected span exist only while one is selected. */
import type { Command } from "../types";
import type { DrawnSpan } from "./model";
import type { Edge } from "./stepping";

export interface SpanActions {
  group: string;
  selected: DrawnSpan | null;
  /** Text is selected. */
  selecting: boolean;
  /** There is something that Esc can back out of. */
  busy: boolean;
  some: boolean;
  step(by: 1 | -1): void;
  accept(): void;
  reject(): void;
  remove(): void;
  adjust(edge: Edge, direction: 1 | -1): void;
  widen(): void;
  back(): void;
}

export function spanCommands(a: SpanActions): Command[] {
  const { group } = a;
  const tool = (id: string, title: string, keys: string[], run: () => void, enabled: boolean): Command => ({ id: `spans.${id}`, title, keys, group, scope: "tool", run, enabled });
  const region = (id: string, title: string, keys: string[], run: () => void): Command => ({ id: `spans.${id}`, title, keys, group, scope: "region", run });
  const general = [
    tool("next", "Next span", ["J"], () => a.step(1), a.some),
    tool("previous", "Previous span", ["K"], () => a.step(-1), a.some),
    tool("widen", "Widen the selection to whole words", ["W"], a.widen, a.selecting),
  ];
  const back = a.busy ? [region("back", "Let go", ["Escape"], a.back)] : [];
  if (a.selected === null) return [...general, ...back];
  if (a.selected.suggested) {
    return [...general, ...back, region("accept", "Accept this suggestion", ["A"], a.accept), region("reject", "Reject this suggestion", ["R"], a.reject)];
  }
  return [
    ...general,
    ...back,
    region("remove", "Remove the span", ["Delete", "Backspace"], a.remove),
    region("end-right", "End one word later", ["Alt+ArrowRight"], () => a.adjust("end", 1)),
    region("end-left", "End one word earlier", ["Alt+ArrowLeft"], () => a.adjust("end", -1)),
    region("start-left", "Start one word earlier", ["Alt+Shift+ArrowLeft"], () => a.adjust("start", -1)),
    region("start-right", "Start one word later", ["Alt+Shift+ArrowRight"], () => a.adjust("start", 1)),
  ];
}
