/** Marks for the browser's own timeline, of which only the latest is kept: a page that is open all day must not gather them. */
export function markLatest(name: string, detail?: unknown): void {
  performance.clearMarks(name);
  performance.mark(name, { detail });
}
