/** The commands of relations, as data. While a relation is being drawn, only its own commands act. */
import type { Command } from "../types";
import type { LinkType } from "./links";

export interface LinkActions {
  group: string;
  /** "span", "box": what relations hold between. */
  noun: string;
  /** The key that draws only the relations of what is selected. */
  fewKey: string;
  /** A mark is selected that a relation may start from. */
  own: boolean;
  /** A relation is being drawn; `types` are those that fit its ends, none while it has one end only. */
  linking: { types: readonly LinkType[] } | null;
  /** A relation is selected. */
  selected: { suggested: boolean; directed: boolean; types: readonly LinkType[] } | null;
  some: boolean;
  few: boolean;
  start(): void;
  target(by: 1 | -1): void;
  finish(type: LinkType | undefined): void;
  leave(): void;
  step(by: 1 | -1): void;
  retype(type: LinkType): void;
  turn(): void;
  remove(): void;
  accept(): void;
  reject(): void;
  toggleFew(): void;
}

export function linkCommands(a: LinkActions): Command[] {
  const { group } = a;
  const of = (scope: Command["scope"]) => (id: string, title: string, keys: string[], run: () => void, enabled = true): Command => ({ id: `relations.${id}`, title, keys, group, scope, run, enabled });
  const tool = of("tool");
  const region = of("region");
  const typeCommands = (types: readonly LinkType[], run: (type: LinkType) => void) =>
    types.flatMap((type, i) => (i < 10 ? [region(`type-${type.value}`, type.title, [String((i + 1) % 10)], () => run(type))] : []));
  if (a.linking) {
    return [
      region("target-next", `Next ${a.noun} as its end`, ["J", "ArrowRight", "Tab"], () => a.target(1)),
      region("target-previous", `Previous ${a.noun} as its end`, ["K", "ArrowLeft", "Shift+Tab"], () => a.target(-1)),
      region("finish", "Draw the relation", ["Enter"], () => a.finish(undefined), a.linking.types.length > 0),
      region("leave", "Do not draw it", ["Escape"], a.leave),
      ...typeCommands(a.linking.types, a.finish),
    ];
  }
  const general = [
    tool("next", "Next relation", ["Shift+J"], () => a.step(1), a.some),
    tool("previous", "Previous relation", ["Shift+K"], () => a.step(-1), a.some),
    tool("few", a.few ? "Show all relations" : "Show the relations of what is selected only", [a.fewKey], a.toggleFew),
  ];
  if (a.selected?.suggested) return [...general, region("leave", "Let go", ["Escape"], a.leave), region("accept", "Accept this relation", ["A"], a.accept), region("reject", "Reject this relation", ["R"], a.reject)];
  if (a.selected) {
    return [
      ...general,
      region("leave", "Let go", ["Escape"], a.leave),
      region("remove", "Remove the relation", ["Delete", "Backspace"], a.remove),
      ...(a.selected.directed ? [region("turn", "Turn the relation round", ["Shift+T"], a.turn)] : []),
      ...typeCommands(a.selected.types, a.retype),
    ];
  }
  return [...general, ...(a.own ? [region("start", `Draw a relation from this ${a.noun}`, ["T"], a.start)] : [])];
}
