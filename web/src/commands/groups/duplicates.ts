/** Commands of the page of near-duplicates: move among items and groups, keep and set aside. */

import type { Command } from "../command";

export interface DuplicateActions {
  move(way: "left" | "right" | "up" | "down"): void;
  toggle(): void;
  keepThis(): void;
  keepOne(): void;
  back(): void;
}

export function duplicateCommands(a: DuplicateActions): Command[] {
  const common = { group: "Near-duplicates", scope: "task" } as const;
  const moving = { ...common, repeat: true };
  return [
    { ...moving, id: "duplicates.right", title: "The next item of the group", keys: ["ArrowRight", "L"], run: () => a.move("right") },
    { ...moving, id: "duplicates.left", title: "The item before", keys: ["ArrowLeft", "H"], run: () => a.move("left") },
    { ...moving, id: "duplicates.down", title: "The next group", keys: ["ArrowDown", "J"], run: () => a.move("down") },
    { ...moving, id: "duplicates.up", title: "The group before", keys: ["ArrowUp", "K"], run: () => a.move("up") },
    { ...common, id: "duplicates.toggle", title: "Set the item aside, or take it back", keys: ["X"], run: a.toggle },
    { ...common, id: "duplicates.keep", title: "Keep this item, set the others of the group aside", keys: ["Enter"], run: a.keepThis },
    { ...common, id: "duplicates.keep-one", title: "Keep one item of the group, set the others aside", keys: ["G"], run: a.keepOne },
    { ...common, id: "duplicates.back", title: "Take back all items of the group", keys: ["U"], run: a.back },
  ];
}
