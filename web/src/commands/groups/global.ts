/** Commands that work everywhere. */

import type { Command } from "../command";

export interface GlobalActions {
  openPalette(): void;
  openSheet(): void;
  openRemap(): void;
  singleKeys: boolean;
  toggleSingleKeys(): void;
}

export function globalCommands(actions: GlobalActions): Command[] {
  const common = { group: "Everywhere", scope: "global" } as const;
  const switched = actions.singleKeys ? "Switch single-key shortcuts off" : "Switch single-key shortcuts on";
  return [
    { ...common, id: "global.palette", title: "Find a command", keys: ["$mod+K"], inText: true, hidden: true, run: actions.openPalette },
    { ...common, id: "global.sheet", title: "Show the keys", keys: ["?"], run: actions.openSheet },
    { ...common, id: "global.remap", title: "Change keys", keys: [], run: actions.openRemap },
    { ...common, id: "global.single-keys", title: switched, keys: [], run: actions.toggleSingleKeys },
  ];
}
