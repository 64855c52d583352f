/** Label trees: which rows are open, and what a tick means. Pure. */
import type { LabelRow } from "../labels/LabelList";
import type { LabelEntry } from "../labels/label-set";

export interface LabelTree {
  roots: LabelEntry[];
  children: Map<string, LabelEntry[]>;
}

/** Whether any label names a parent. */
export const isTree = (labels: readonly LabelEntry[]): boolean => labels.some((label) => label.parent !== null);

/** The tree of a label list; a label whose parent is unknown is a root. */
export function treeOf(labels: readonly LabelEntry[]): LabelTree {
  const known = new Set(labels.map((label) => label.value));
  const roots: LabelEntry[] = [];
  const children = new Map<string, LabelEntry[]>();
  for (const label of labels) {
    if (label.parent === null || !known.has(label.parent)) roots.push(label);
    else children.set(label.parent, [...(children.get(label.parent) ?? []), label]);
  }
  return { roots, children };
}

/** The rows to draw, depth first; children only of open labels. */
export function rowsOf(tree: LabelTree, open: ReadonlySet<string>): LabelRow[] {
  const rows: LabelRow[] = [];
  const visit = (label: LabelEntry, depth: number) => {
    const below = tree.children.get(label.value);
    if (!below) return void rows.push({ label, depth });
    rows.push({ label, depth, open: open.has(label.value) });
    if (open.has(label.value)) for (const child of below) visit(child, depth + 1);
  };
  for (const root of tree.roots) visit(root, 0);
  return rows;
}

/** All ancestors of the given values: what has to be open for them to be seen. */
export function ancestors(labels: readonly LabelEntry[], values: Iterable<string>): Set<string> {
  const parentOf = new Map(labels.map((label) => [label.value, label.parent]));
  const found = new Set<string>();
  for (const value of values) {
    for (let at = parentOf.get(value) ?? null; at !== null && !found.has(at); at = parentOf.get(at) ?? null) found.add(at);
  }
  return found;
}

/** The values with one added or taken away, in the order of the label list. */
export function toggled(labels: readonly LabelEntry[], values: readonly string[], value: string): string[] {
  const set = new Set(values);
  if (!set.delete(value)) set.add(value);
  return ordered(labels, set);
}

/** The values in the order of the label list; unknown ones last. */
export function ordered(labels: readonly LabelEntry[], values: ReadonlySet<string>): string[] {
  const known = labels.filter((label) => values.has(label.value)).map((label) => label.value);
  const listed = new Set(known);
  return [...known, ...[...values].filter((value) => !listed.has(value))];
}
