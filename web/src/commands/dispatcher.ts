/**
 * From key presses to commands. The rules of when a key is a shortcut and when it is just typing live here only.
 */

import type { Command } from "./command";
import type { CommandRegistry } from "./registry";

/** Listens on `target` until the returned function is called. */
export function dispatchKeys(registry: CommandRegistry, target: Window = window): () => void {
  const onKey = (event: KeyboardEvent) => {
    const command = commandFor(registry, event);
    if (!command) return;
    event.preventDefault();
    command.run();
  };
  target.addEventListener("keydown", onKey);
  return () => target.removeEventListener("keydown", onKey);
}

/** The command that this key press runs, or undefined if the key belongs to the control that has the focus. */
export function commandFor(registry: CommandRegistry, event: KeyboardEvent): Command | undefined {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return undefined;
  const command = registry.match(event);
  if (!command || (event.repeat && !mayRepeat(command))) return undefined;
  const target = event.target instanceof Element ? event.target : null;
  if (inDialog(target)) return undefined;
  if (isTextField(target) && !command.inText) return undefined;
  if (ownsKey(target, event)) return undefined;
  return command;
}

/** Whether the element takes typed characters. */
export function isTextField(element: Element | null): boolean {
  if (!element) return false;
  if (element instanceof HTMLElement && element.isContentEditable) return true;
  if (element.tagName === "TEXTAREA" || element.tagName === "SELECT") return true;
  return element.tagName === "INPUT" && !NOT_TYPED.has((element as HTMLInputElement).type);
}

const NOT_TYPED = new Set(["checkbox", "radio", "button", "submit", "reset", "range", "color", "file", "image"]);
const PRESSES = new Set(["BUTTON", "A", "SUMMARY"]);
const SLIDER_KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);
const ARROWS_OWNED = '[role="slider"],[role="tab"],[role="listbox"],[role="menu"],input[type="range"],input[type="radio"]';

function mayRepeat(command: Command): boolean {
  return command.repeat ?? (command.scope === "region" || command.scope === "tool");
}

function inDialog(target: Element | null): boolean {
  return Boolean(target?.closest('[role="dialog"],[role="alertdialog"],[role="menu"]'));
}

/** Enter and Space press the focused button; arrows move the focused slider, tab or list. */
function ownsKey(target: Element | null, event: KeyboardEvent): boolean {
  if (!target || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Enter" || event.key === " ") return PRESSES.has(target.tagName) || target.getAttribute("role") === "button";
  return !event.shiftKey && SLIDER_KEYS.has(event.key) && Boolean(target.closest(ARROWS_OWNED));
}
