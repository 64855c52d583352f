/** Which items are selected: some by id, or everything that matches the filters but a few. */

export type Selection =
  | { mode: "some"; ids: ReadonlySet<number> }
  | { mode: "all"; except: ReadonlySet<number>; total: number };

export const NOTHING: Selection = { mode: "some", ids: new Set() };

export function isSelected(selection: Selection, id: number): boolean {
  return selection.mode === "some" ? selection.ids.has(id) : !selection.except.has(id);
}

export function selectionSize(selection: Selection): number {
  return selection.mode === "some" ? selection.ids.size : Math.max(0, selection.total - selection.except.size);
}

export function toggled(selection: Selection, id: number): Selection {
  if (selection.mode === "some") return { mode: "some", ids: flipped(selection.ids, id) };
  return { ...selection, except: flipped(selection.except, id) };
}

/** Adds a run of ids, as Shift+click does. */
export function extended(selection: Selection, ids: readonly number[]): Selection {
  if (selection.mode === "some") return { mode: "some", ids: new Set([...selection.ids, ...ids]) };
  const gone = new Set(ids);
  return { ...selection, except: new Set([...selection.except].filter((id) => !gone.has(id))) };
}

export function everything(total: number): Selection {
  return { mode: "all", except: new Set(), total };
}

function flipped(ids: ReadonlySet<number>, id: number): Set<number> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}
