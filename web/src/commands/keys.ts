/**
 * The notation of keys: reading it, matching it against keyboard events, and printing it.
 *
 * A chord is written as in tinykeys: modifiers joined with "+", then the key ("Shift+A", "$mod+Enter", "?"). `$mod` is
 * Command on Apple machines and Control elsewhere. Letters match what the layout prints; where the layout prints no
 * Latin letter (Cyrillic, Greek, ...), the position of the key counts instead.
 */

export interface KeyLike {
  key: string;
  code?: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
  shiftKey?: boolean;
  getModifierState?(name: string): boolean;
}

const platform = typeof navigator === "undefined" ? "" : navigator.platform || navigator.userAgent;
export const isApple = /Mac|iPhone|iPad/.test(platform);

const ALIASES: Record<string, string> = {
  esc: "escape",
  del: "delete",
  return: "enter",
  up: "arrowup",
  down: "arrowdown",
  left: "arrowleft",
  right: "arrowright",
  " ": "space",
  spacebar: "space",
};
const MODIFIERS = ["ctrl", "meta", "alt", "shift"] as const;
type Modifier = (typeof MODIFIERS)[number];

/** The chord in canonical form: lower case, modifiers in a fixed order. Two chords are the same if these are equal. */
export function canonical(chord: string, apple = isApple): string {
  const parts = splitChord(chord);
  const key = parts.pop() ?? "";
  const modifiers = new Set(parts.map((p) => modifierOf(p, apple)));
  return join(modifiers, keyName(key));
}

/** The canonical chords that an event may stand for, the most exact first. */
export function eventChords(event: KeyLike): string[] {
  const modifiers = modifiersOf(event);
  const key = keyName(layoutKey(event));
  if (!isPrintable(key) || isLetter(key)) return [join(modifiers, key)];
  return printableChords(event, modifiers, key);
}

/** Whether the chord is a bare character, which people who dictate or mistype want to be able to switch off. */
export function isSingleKey(chord: string): boolean {
  const parts = splitChord(chord);
  const key = keyName(parts.pop() ?? "");
  return isPrintable(key) && parts.every((p) => p.toLowerCase() === "shift");
}

/** The chord as people read it: "Ctrl+Enter", or "⌘⏎" on Apple machines. */
export function printChord(chord: string, apple = isApple): string {
  const parts = splitChord(chord);
  const key = parts.pop() ?? "";
  const names = parts.map((p) => printModifier(modifierOf(p, apple), apple));
  return [...names, printKey(key)].join(apple ? "" : "+");
}

/** The chord that a pressed key would be written as, or null while only modifiers are down. For the remap dialog. */
export function chordOf(event: KeyLike): string | null {
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"].includes(event.key)) return null;
  const modifiers = modifiersOf(event);
  const key = keyName(layoutKey(event));
  if (isPrintable(key) && !isLetter(key) && key !== "space") modifiers.delete("shift");
  const mod: Modifier = isApple ? "meta" : "ctrl";
  const names = MODIFIERS.filter((m) => modifiers.has(m)).map((m) => (m === mod ? "$mod" : WRITTEN[m]));
  return [...names, isLetter(key) ? key.toUpperCase() : WRITTEN_KEYS[key] ?? key].join("+");
}

const WRITTEN: Record<Modifier, string> = { ctrl: "Control", meta: "Meta", alt: "Alt", shift: "Shift" };
const WRITTEN_KEYS: Record<string, string> = {
  arrowup: "ArrowUp",
  arrowdown: "ArrowDown",
  arrowleft: "ArrowLeft",
  arrowright: "ArrowRight",
  escape: "Escape",
  enter: "Enter",
  delete: "Delete",
  backspace: "Backspace",
  pageup: "PageUp",
  pagedown: "PageDown",
  home: "Home",
  end: "End",
  space: "Space",
  tab: "Tab",
};

function splitChord(chord: string): string[] {
  if (chord === "+") return ["+"];
  if (chord.endsWith("++")) return [...chord.slice(0, -2).split("+"), "+"];
  return chord.split("+");
}

function modifierOf(name: string, apple: boolean): Modifier {
  const lower = name.toLowerCase();
  if (lower === "$mod") return apple ? "meta" : "ctrl";
  if (lower === "control" || lower === "ctrl") return "ctrl";
  if (lower === "meta" || lower === "cmd" || lower === "command") return "meta";
  if (lower === "alt" || lower === "option") return "alt";
  if (lower === "shift") return "shift";
  throw new Error(`"${name}" is no modifier key; use $mod, Control, Meta, Alt or Shift.`);
}

function keyName(key: string): string {
  const lower = key.toLowerCase();
  return ALIASES[lower] ?? lower;
}

function join(modifiers: Set<Modifier>, key: string): string {
  return [...MODIFIERS.filter((m) => modifiers.has(m)), key].join("+");
}

function modifiersOf(event: KeyLike): Set<Modifier> {
  const altGraph = event.getModifierState?.("AltGraph") ?? false;
  const held: Record<Modifier, boolean> = {
    ctrl: Boolean(event.ctrlKey) && !altGraph,
    meta: Boolean(event.metaKey),
    alt: Boolean(event.altKey) && !altGraph,
    shift: Boolean(event.shiftKey),
  };
  return new Set(MODIFIERS.filter((m) => held[m]));
}

/** The Latin letter or digit at the key's position where the layout gives none, or Alt turned it into a symbol. */
function layoutKey(event: KeyLike): string {
  const positional = /^(?:Key([A-Z])|Digit([0-9])|Numpad([0-9]))$/.exec(event.code ?? "");
  const letter = positional?.[1] ?? positional?.[2] ?? positional?.[3];
  if (letter === undefined) return event.key;
  const foreign = event.key.length === 1 && event.key.charCodeAt(0) > 127;
  return foreign && (event.altKey || positional?.[1]) ? letter : event.key;
}

function printableChords(event: KeyLike, modifiers: Set<Modifier>, key: string): string[] {
  const bare = new Set(modifiers);
  bare.delete("shift");
  if (!modifiers.has("shift")) return [join(modifiers, key)];
  const digit = /^Digit([0-9])$/.exec(event.code ?? "")?.[1];
  if (digit !== undefined && digit !== key) return [join(modifiers, digit), join(modifiers, key), join(bare, key)];
  return [join(modifiers, key), join(bare, key)];
}

function isLetter(key: string): boolean {
  return key.length === 1 && key !== key.toUpperCase();
}

function isPrintable(key: string): boolean {
  return [...key].length === 1 || key === "space";
}

function printModifier(modifier: Modifier, apple: boolean): string {
  if (apple) return { ctrl: "⌃", meta: "⌘", alt: "⌥", shift: "⇧" }[modifier];
  return { ctrl: "Ctrl", meta: "Meta", alt: "Alt", shift: "Shift" }[modifier];
}

const PRINTED: Record<string, string> = {
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  escape: "Esc",
  enter: "Enter",
  delete: "Del",
  backspace: "⌫",
  pageup: "PgUp",
  pagedown: "PgDn",
  space: "Space",
};

function printKey(key: string): string {
  const name = keyName(key);
  return PRINTED[name] ?? (name.length === 1 ? name.toUpperCase() : key);
}
