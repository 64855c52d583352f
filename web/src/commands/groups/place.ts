/** Commands that go to another page, and those that every page has. */

import type { Command } from "../command";

export interface PlaceActions {
  projects(): void;
  newProject(): void;
  account(): void;
  toggleTheme(): void;
  /** The pages of the open project that the person may see. */
  pages: readonly { id: string; title: string; go(): void }[];
}

export function placeCommands(actions: PlaceActions): Command[] {
  const common = { group: "Go to", scope: "global" } as const;
  return [
    ...actions.pages.map((page) => ({ ...common, keys: [], id: `place.${page.id}`, title: page.title, run: page.go })),
    { ...common, keys: [], id: "place.projects", title: "All projects", run: actions.projects },
    { ...common, keys: [], id: "place.new-project", title: "New project", run: actions.newProject },
    { ...common, keys: [], id: "place.account", title: "Your account", run: actions.account },
    { ...common, keys: [], id: "place.theme", group: "Everywhere", title: "Switch between light and dark", run: actions.toggleTheme },
  ];
}
