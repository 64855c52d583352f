/** Labels on pages: what a key does to them. Pure; pages count from 0. */

export interface PageLabel {
  page: number;
  label: string;
}

export const isPageLabels = (value: unknown): value is PageLabel[] => Array.isArray(value) && value.every((mark) => typeof mark?.page === "number" && typeof mark.label === "string");

export const has = (marks: readonly PageLabel[], mark: PageLabel): boolean => marks.some((one) => one.page === mark.page && one.label === mark.label);

/** The marks with this one added, changed or taken away; in the order of the pages. */
export function toggled(marks: readonly PageLabel[], mark: PageLabel, multiple: boolean): PageLabel[] {
  const rest = marks.filter((one) => one.page !== mark.page || (multiple && one.label !== mark.label));
  return (has(marks, mark) ? rest : [...rest, mark]).sort((a, b) => a.page - b.page);
}

/** The pages from one to another (either way round) with a label; what they had before gives way unless several may stand. */
export function labelled(marks: readonly PageLabel[], from: number, to: number, label: string, multiple: boolean): PageLabel[] {
  let next = [...marks];
  for (let page = Math.min(from, to); page <= Math.max(from, to); page += 1) if (!has(next, { page, label })) next = toggled(next, { page, label }, multiple);
  return next;
}

/** The next page without a label, behind `at` and then from the start; -1 if all have one. */
export function nextBare(marks: readonly PageLabel[], pages: number, at: number): number {
  const marked = new Set(marks.map((mark) => mark.page));
  for (let step = 1; step <= pages; step += 1) {
    const page = (at + step) % pages;
    if (!marked.has(page)) return page;
  }
  return -1;
}
