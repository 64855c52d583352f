import { afterEach, describe, expect, it, vi } from "vitest";
import type { Command } from "./command";
import { commandFor, dispatchKeys } from "./dispatcher";
import { canonical, chordOf, eventChords, isSingleKey, printChord } from "./keys";
import { CommandRegistry, holders } from "./registry";

const command = (id: string, keys: string[], more: Partial<Command> = {}): Command => ({
  id, title: id, keys, group: "Test", scope: "task", run: () => undefined, ...more,
}); // prettier-ignore

describe("keys", () => {
  it("matches letters by layout and Latin letters by place on other layouts", () => {
    expect(eventChords({ key: "a", code: "KeyQ" })).toEqual([canonical("A")]);
    expect(eventChords({ key: "ф", code: "KeyA" })).toEqual([canonical("A")]);
    expect(eventChords({ key: "A", code: "KeyA", shiftKey: true })).toEqual([canonical("Shift+A")]);
  });
  it("finds ? and \\ however the layout makes them", () => {
    expect(eventChords({ key: "?", code: "Slash", shiftKey: true })).toContain(canonical("?"));
    expect(eventChords({ key: "\\", code: "Minus", ctrlKey: true, altKey: true, getModifierState: (n) => n === "AltGraph" })).toEqual(["\\"]);
  });
  it("tells Shift+1 from 1 on a layout where Shift gives a sign, and finds 1 where Shift gives the digit", () => {
    expect(eventChords({ key: "!", code: "Digit1", shiftKey: true })[0]).toBe(canonical("Shift+1"));
    expect(eventChords({ key: "1", code: "Digit1", shiftKey: true })).toContain(canonical("1"));
  });
  it("prints chords as people read them", () => {
    expect(printChord("$mod+Enter", false)).toBe("Ctrl+Enter");
    expect(printChord("$mod+k", true)).toBe("⌘K");
    expect(printChord("Alt+PageUp", false)).toBe("Alt+PgUp");
  });
  it("writes a pressed key down so that it matches itself again", () => {
    for (const event of [
      { key: "s", code: "KeyS", ctrlKey: true },
      { key: "S", code: "KeyS", shiftKey: true },
      { key: "?", code: "Slash", shiftKey: true },
      { key: "ArrowUp", shiftKey: true, altKey: true },
      { key: "7", code: "Digit7" },
    ]) {
      expect(eventChords(event)).toContain(canonical(chordOf(event) as string));
    }
    expect(chordOf({ key: "Shift", shiftKey: true })).toBeNull();
  });
  it("knows which shortcuts are bare characters", () => {
    expect(["s", "Shift+A", "1", "?", "\\", "Space"].every(isSingleKey)).toBe(true);
    expect(["Escape", "$mod+K", "Alt+1", "Enter", "ArrowUp"].some(isSingleKey)).toBe(false);
  });
});

describe("CommandRegistry", () => {
  it("throws in strict mode when two built-in commands claim a key, naming both", () => {
    const registry = new CommandRegistry({ strict: true });
    registry.set("a", [command("skip", ["s"])]);
    expect(() => registry.set("b", [command("save", ["S"], { scope: "suggestion" })])).toThrow(/skip.*save|save.*skip/);
  });
  it("lets a region shadow wider scopes, and label keys come from data without throwing", () => {
    const registry = new CommandRegistry({ strict: true });
    registry.set("a", [command("up", ["Shift+ArrowUp"], { scope: "suggestion" }), command("skip", ["s"])]);
    registry.set("b", [command("move", ["Shift+ArrowUp"], { scope: "region" })]);
    registry.set("c", [command("label:sport", ["s"], { scope: "label" })]);
    expect(registry.match({ key: "ArrowUp", shiftKey: true })?.id).toBe("move");
    expect(registry.match({ key: "s" })?.id).toBe("label:sport");
    expect(registry.conflicts()).toHaveLength(1);
  });
  it("passes over disabled commands, in matching and in conflicts", () => {
    const registry = new CommandRegistry({ strict: true });
    registry.set("a", [command("one", ["x"], { enabled: false }), command("two", ["x"])]);
    expect(registry.match({ key: "x" })?.id).toBe("two");
  });
  it("uses the user's keys instead of the default ones", () => {
    const registry = new CommandRegistry();
    registry.set("a", [command("skip", ["s"]), command("flag", ["f"])]);
    registry.configure({ skip: ["$mod+J"], flag: [] }, true);
    expect(registry.match({ key: "s" })).toBeUndefined();
    expect(registry.match({ key: "f" })).toBeUndefined();
    expect(registry.keysOf("skip")).toEqual(["$mod+J"]);
    expect(holders(registry.commands(), "flag", "$mod+j").map((c) => c.id)).toEqual(["skip"]);
  });
  it("can switch off single-key shortcuts and keeps the others", () => {
    const registry = new CommandRegistry();
    registry.set("a", [command("skip", ["s"]), command("submit", ["Control+Enter"])]);
    registry.configure({}, false);
    expect(registry.match({ key: "s" })).toBeUndefined();
    expect(registry.match({ key: "Enter", ctrlKey: true })?.id).toBe("submit");
  });
  it("tells listeners, and gives the same list until something changes", () => {
    const registry = new CommandRegistry();
    const heard = vi.fn();
    registry.subscribe(heard);
    registry.set("a", [command("skip", ["s"])]);
    expect(registry.commands()).toBe(registry.commands());
    registry.set("a", []);
    expect(heard).toHaveBeenCalledTimes(2);
    expect(registry.commands()).toEqual([]);
  });
});

describe("dispatcher", () => {
  const registry = new CommandRegistry();
  const skip = vi.fn();
  const submit = vi.fn();
  registry.set("a", [
    command("skip", ["s"], { run: skip }),
    command("submit", ["Control+Enter"], { run: submit, inText: true }),
    command("enter", ["Enter"]),
  ]);
  const on = (target: Element, init: KeyboardEventInit): KeyboardEvent => {
    document.body.append(target);
    const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
    target.dispatchEvent(event);
    return event;
  };
  const stop = dispatchKeys(registry);
  afterEach(() => document.body.replaceChildren());

  it("runs a command and keeps the browser from acting on the key", () => {
    expect(on(document.createElement("div"), { key: "s" }).defaultPrevented).toBe(true);
    expect(skip).toHaveBeenCalledTimes(1);
  });
  it("leaves typing alone, but submits from a text field", () => {
    skip.mockClear();
    on(document.createElement("textarea"), { key: "s" });
    on(document.createElement("textarea"), { key: "Enter", ctrlKey: true });
    expect(skip).not.toHaveBeenCalled();
    expect(submit).toHaveBeenCalledTimes(1);
  });
  it("does nothing while a word is being composed, a dialog is open, the key is held, or another handler took it", () => {
    skip.mockClear();
    const dialog = document.createElement("div");
    dialog.setAttribute("role", "dialog");
    on(dialog, { key: "s" });
    on(document.createElement("div"), { key: "s", isComposing: true });
    on(document.createElement("div"), { key: "s", repeat: true });
    const taken = new KeyboardEvent("keydown", { key: "s", cancelable: true });
    taken.preventDefault();
    expect(commandFor(registry, taken)).toBeUndefined();
    expect(skip).not.toHaveBeenCalled();
  });
  it("leaves Enter to a focused button", () => {
    const button = document.createElement("button");
    document.body.append(button);
    const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
    button.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
  });
  it("stops when told to", () => {
    skip.mockClear();
    stop();
    on(document.createElement("div"), { key: "s" });
    expect(skip).not.toHaveBeenCalled();
  });
});
