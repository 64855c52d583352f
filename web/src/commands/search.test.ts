import { expect, it } from "vitest";
import type { Command } from "./command";
import { byGroup, searchCommands } from "./search";

const command = (title: string, more: Partial<Command> = {}): Command => ({ id: title, title, keys: [], group: "Item", scope: "task", run: () => undefined, ...more });
const all = [command("Go on and submit"), command("Submit"), command("Skip", { group: "Other" }), command("Submit later", { enabled: false }), command("Secret submit", { hidden: true })];

it("finds commands by all typed words, the ones that begin with them first, those that cannot run last, hidden ones never", () => {
  expect(searchCommands(all, "subm").map((c) => c.title)).toEqual(["Submit", "Go on and submit", "Submit later"]);
  expect(searchCommands(all, "item ON").map((c) => c.title)).toEqual(["Go on and submit"]);
  expect(searchCommands(all, "nothing like it")).toEqual([]);
});

it("keeps groups in order of first appearance", () => {
  expect(byGroup(all).map(([group, list]) => [group, list.length])).toEqual([["Item", 4], ["Other", 1]]);
});
