/** What changed between two texts and two configs, for people to read: lines, and within a changed line words. */

export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

const MOST = 4_000_000;

/** The shortest way from one list to another; beyond a size, all gone and all new. */
export function diffList(before: readonly string[], after: readonly string[]): Piece[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (texts: readonly string[]): Piece[] => texts.map((text) => ({ kind: "same", text }));
  const middle = longestCommon(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...same(before.slice(0, start)), ...middle, ...same(before.slice(before.length - end))];
}

function longestCommon(before: readonly string[], after: readonly string[]): Piece[] {
  const [n, m] = [before.length, after.length];
  if (n * m > MOST || n === 0 || m === 0) {
    return [...before.map((text): Piece => ({ kind: "gone", text })), ...after.map((text): Piece => ({ kind: "new", text }))];
  }
  const length = Array.from({ length: n + 1 }, () => new Uint32Array(m + 1));
  const at = (i: number, j: number) => length[i]?.[j] ?? 0;
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) {
      const row = length[i];
      if (row) row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && before[i] === after[j]) {
      out.push({ kind: "same", text: before[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j >= m || (i < n && at(i + 1, j) >= at(i, j + 1))) {
      out.push({ kind: "gone", text: before[i] ?? "" });
      i += 1;
    } else {
      out.push({ kind: "new", text: after[j] ?? "" });
      j += 1;
    }
  }
  return out;
}

export function diffLines(before: string, after: string): Piece[] {
  const lines = (text: string) => (text === "" ? [] : text.split("\n"));
  return diffList(lines(before), lines(after));
}

/** Words and the spaces between them; what stands next to each other with the same fate is joined. */
export function diffWords(before: string, after: string): Piece[] {
  const words = (text: string) => text.match(/\s+|[^\s]+/g) ?? [];
  const out: Piece[] = [];
  for (const piece of diffList(words(before), words(after))) {
    const last = out.at(-1);
    if (last && last.kind === piece.kind) last.text += piece.text;
    else out.push({ ...piece });
  }
  return out;
}

export interface Change {
  name: string;
  before: string;
  after: string;
  /** Longer texts are shown line by line. */
  long: boolean;
}

/** The settings that differ, in the order of the newer config. Nothing and an empty text are the same. */
export function configChanges(before: Record<string, unknown>, after: Record<string, unknown>): Change[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) => {
    const [old, now] = [plain(before[name]), plain(after[name])];
    return old === now ? [] : [{ name, before: old, after: now, long: old.includes("\n") || now.includes("\n") || old.length + now.length > 80 }];
  });
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  return text.length > 60 ? JSON.stringify(value, null, 2) : text;
}
