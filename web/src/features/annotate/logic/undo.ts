/**
 * Undo and redo over the answers of one item, by patches: each entry knows what it changed, before and after.
 *
 * Pure data; entries with the same merge tag in a row become one (a drag, typing). An entry may also carry an effect beyond
 * the item, such as a bulk decision, that is undone by asking the server.
 */

export type Values = Readonly<Record<string, unknown>>;

/** What undo covers: the answers by question, and the rejected suggestion parts. */
export interface Sheet {
  values: Values;
  rejected: ReadonlySet<string>;
}

export type Patch =
  | { kind: "value"; question: string; before: unknown; after: unknown }
  | { kind: "rejected"; key: string; after: boolean };

export interface Effect {
  undo(): void;
  redo(): void;
}

export interface UndoEntry {
  label: string;
  merge?: string;
  patches: readonly Patch[];
  effect?: Effect;
}

export interface UndoStack {
  past: readonly UndoEntry[];
  future: readonly UndoEntry[];
}

export const EMPTY_STACK: UndoStack = { past: [], future: [] };
const DEPTH = 500;

/** The stack after doing `entry`; what was undone before is forgotten. Entries without patches and effect leave no trace. */
export function record(stack: UndoStack, entry: UndoEntry): UndoStack {
  if (entry.patches.length === 0 && !entry.effect) return stack;
  const last = stack.past.at(-1);
  if (last && entry.merge !== undefined && last.merge === entry.merge && stack.future.length === 0) {
    return { past: [...stack.past.slice(0, -1), merged(last, entry)], future: [] };
  }
  return { past: [...stack.past, entry].slice(-DEPTH), future: [] };
}

/** Forbids merging with what comes next. */
export function seal(stack: UndoStack): UndoStack {
  const last = stack.past.at(-1);
  if (last?.merge === undefined) return stack;
  return { ...stack, past: [...stack.past.slice(0, -1), { ...last, merge: undefined }] };
}

export interface Step {
  stack: UndoStack;
  sheet: Sheet;
  entry: UndoEntry;
}

/** One step back, or null if there is none. */
export function stepBack(stack: UndoStack, sheet: Sheet): Step | null {
  const entry = stack.past.at(-1);
  if (!entry) return null;
  const next = { past: stack.past.slice(0, -1), future: [entry, ...stack.future] };
  return { stack: next, sheet: applyPatches(sheet, entry.patches.toReversed().map(inverse)), entry };
}

/** One step forward again, or null if nothing was undone. */
export function stepForward(stack: UndoStack, sheet: Sheet): Step | null {
  const entry = stack.future[0];
  if (!entry) return null;
  const next = { past: [...stack.past, entry], future: stack.future.slice(1) };
  return { stack: next, sheet: applyPatches(sheet, entry.patches), entry };
}

export function applyPatches(sheet: Sheet, patches: readonly Patch[]): Sheet {
  const values: Record<string, unknown> = { ...sheet.values };
  const rejected = new Set(sheet.rejected);
  for (const patch of patches) {
    if (patch.kind === "value") setOrDrop(values, patch.question, patch.after);
    else if (patch.after) rejected.add(patch.key);
    else rejected.delete(patch.key);
  }
  return { values, rejected };
}

function setOrDrop(values: Record<string, unknown>, question: string, value: unknown): void {
  if (value === undefined) delete values[question];
  else values[question] = value;
}

function inverse(patch: Patch): Patch {
  if (patch.kind === "value") return { ...patch, before: patch.after, after: patch.before };
  return { ...patch, after: !patch.after };
}

function merged(first: UndoEntry, second: UndoEntry): UndoEntry {
  const patches = [...first.patches];
  for (const patch of second.patches) {
    const at = patches.findIndex((p) => p.kind === "value" && patch.kind === "value" && p.question === patch.question);
    const before = patches[at];
    if (before?.kind === "value" && patch.kind === "value") patches[at] = { ...before, after: patch.after };
    else patches.push(patch);
  }
  return { ...second, patches };
}
