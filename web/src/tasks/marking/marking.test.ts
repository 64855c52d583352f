import { describe, expect, it } from "vitest";
import { offsetMap } from "../../lib/offsets";
import { place } from "../../lib/segments";
import { blockAt, blocksOf, passagesOf, shareOut } from "./document";
import { changed, isSpan, overlapping, SpanDrawer, toSpan, withoutSpan, withSpan, type Span } from "./model";
import { dragged, stepped } from "./stepping";

const span = (start: number, end: number, label = "x", id?: string): Span => (id ? { id, start, end, label } : { start, end, label });

describe("the list of spans", () => {
  it("stays in reading order and takes no span twice", () => {
    const list = withSpan([span(5, 9)], span(0, 3));
    expect(list.map((s) => s.start)).toEqual([0, 5]);
    expect(withSpan(list, span(5, 9))).toBe(list);
    expect(withSpan(list, span(5, 9, "y"))).toHaveLength(3);
  });

  it("gives a changed span its key as id, so that it stays selected", () => {
    const [only] = changed([span(5, 9)], "5:9:x", { end: 12 });
    expect(only).toEqual({ id: "5:9:x", start: 5, end: 12, label: "x" });
    expect(withoutSpan([only!], "5:9:x")).toEqual([]);
  });

  it("knows what overlaps", () => {
    const list = [span(0, 5), span(5, 9), span(8, 12)];
    expect(overlapping(list, 4, 6).map((s) => s.start)).toEqual([0, 5]);
    expect(overlapping(list, 12, 14)).toEqual([]);
  });

  it("tells spans from other things", () => {
    expect(isSpan(span(0, 1))).toBe(true);
    for (const other of [null, 3, "x", {}, { start: 0.5, end: 1, label: "x" }, { start: 0, end: 1 }]) expect(isSpan(other)).toBe(false);
  });
});

describe("between code points and UTF-16", () => {
  const text = "a😀 Núñez\r\n👩‍🔬 end";
  const offsets = offsetMap(text);

  it("stores what Python would cut out", () => {
    const start = text.indexOf("end");
    const stored = toSpan({ start, end: start + 3 }, "x", offsets);
    expect([...text].slice(stored.start, stored.end).join("")).toBe("end");
  });

  it("draws what was stored, and the same object for the same span", () => {
    const drawer = new SpanDrawer(offsets, []);
    const stored = span(3, 8);
    const drawn = drawer.ofSpan(stored);
    expect(text.slice(drawn.start, drawn.end)).toBe("Núñez");
    expect(drawer.ofSpan(stored)).toBe(drawn);
  });
});

describe("blocks and chunks", () => {
  it.each(["", "\n", "one", "one\ntwo\r\n\nthree\n", `${"word ".repeat(3000)}\nend`, "😀".repeat(3000)])("cover the text exactly (%#)", (text) => {
    const blocks = blocksOf(text);
    expect(blocks.map((b) => text.slice(b.start, b.end)).join("")).toBe(text);
    for (const block of blocks) {
      expect(block.chunks.map((c) => text.slice(c.start, c.end)).join("")).toBe(text.slice(block.start, block.end));
      for (const chunk of block.chunks) expect(text.slice(chunk.start, chunk.end)).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it("are laid out by passages, each line in one, none of a great many lines", () => {
    const text = `${"a line of text\n".repeat(500)}${"word ".repeat(2000)}\n\n${"\n".repeat(100)}end`;
    const blocks = blocksOf(text);
    const passages = passagesOf(blocks);
    expect(passages.flatMap((p) => p.blocks)).toEqual(blocks);
    for (const passage of passages) {
      expect(blocks[passage.first]).toBe(passage.blocks[0]);
      expect(passage.blocks.length).toBeLessThanOrEqual(24);
      expect(blockAt(passages, passage.end - 1)).toBe(passages.indexOf(passage));
    }
  });

  it("share spans out to every chunk they touch, and keep what did not change", () => {
    const text = "first line\nsecond line\nthird line";
    const blocks = blocksOf(text);
    const drawer = new SpanDrawer(offsetMap(text), []);
    const across = drawer.ofSpan(span(6, 17));
    const placed = place([across]);
    const before = shareOut(blocks, placed);
    expect(before.map((b) => b[0]!.length)).toEqual([1, 1, 0]);
    const more = place([across, drawer.ofSpan(span(24, 26))], placed);
    const after = shareOut(blocks, more, { placed, shares: before });
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(after[2]![0]).toHaveLength(1);
  });
});

describe("a change in a text with thousands of spans", () => {
  const text = "words of a line in a long text\n".repeat(400);
  const blocks = blocksOf(text);
  const drawer = new SpanDrawer(offsetMap(text), []);
  const many = Array.from({ length: 3000 }, (_, i) => drawer.ofSpan(span(4 * i, 4 * i + 7, "x", `s${i}`)));
  const placed = place(many);
  const shares = shareOut(blocks, placed);
  const changes = (drawn: typeof many) => {
    const now = place(drawn, placed);
    const after = shareOut(blocks, now, { placed, shares });
    expect(after).toEqual(shareOut(blocks, place(drawn)));
    return after.flatMap((share, b) => (share === shares[b] ? [] : [b]));
  };
  const alone = drawer.ofSpan(span(12_200, 12_204));

  it("looks only at the lines of a new span", () => expect(changes([...many, alone])).toEqual([blockAt(blocks, 12_200)]));

  it("looks at every line that a long span crosses, and at no other", () => {
    const crossing = drawer.ofSpan(span(12_100, 12_204));
    const [first, last] = [blockAt(blocks, 12_100), blockAt(blocks, 12_203)];
    expect(changes([...many, crossing])).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
  });

  it("looks at nothing where nothing changed", () => expect(changes([...many])).toEqual([]));
});

describe("moving an edge", () => {
  const text = "one two three four";
  it("goes word by word", () => {
    expect(stepped(text, { start: 4, end: 7 }, "end", 1)).toEqual({ start: 4, end: 13 });
    expect(stepped(text, { start: 4, end: 13 }, "end", -1)).toEqual({ start: 4, end: 7 });
    expect(stepped(text, { start: 4, end: 7 }, "start", -1)).toEqual({ start: 0, end: 7 });
    expect(stepped(text, { start: 0, end: 7 }, "start", 1)).toEqual({ start: 4, end: 7 });
  });
  it("never leaves nothing", () => {
    expect(stepped(text, { start: 4, end: 7 }, "end", -1)).toBeNull();
    expect(stepped(text, { start: 4, end: 7 }, "start", 1)).toBeNull();
  });
});

describe("dragging an edge", () => {
  const text = "one two 😀three four";
  const at = (word: string) => text.indexOf(word);
  const two = { start: 4, end: 7 };
  it("snaps to words, and to characters on request", () => {
    expect(dragged(text, two, "end", at("four") + 2, false)).toEqual({ start: 4, end: text.length });
    expect(dragged(text, two, "end", at("four") + 2, true)).toEqual({ start: 4, end: at("four") + 2 });
    expect(dragged(text, two, "start", 1, false)).toEqual({ start: 0, end: 7 });
    expect(dragged(text, two, "end", at("three"), true)).toEqual({ start: 4, end: at("three") });
  });
  it("drops white space and stops before the other edge", () => {
    expect(dragged(text, two, "end", 8, false)).toEqual(two);
    expect(dragged(text, two, "end", 0, true)).toEqual({ start: 4, end: 5 });
    expect(dragged(text, two, "start", 15, true)).toEqual({ start: 6, end: 7 });
  });
  it("never cuts a character in two", () => {
    const smile = at("😀");
    expect(dragged(text, two, "end", smile + 1, true)).toEqual({ start: 4, end: 7 });
    expect(dragged(text, { start: smile, end: text.length }, "end", 0, true)).toEqual({ start: smile, end: smile + 2 });
    expect(dragged(text, { start: 4, end: smile + 2 }, "start", 18, true)).toEqual({ start: smile, end: smile + 2 });
  });
});

describe("a very long line", () => {
  const sentence = "Nobody wrote a new line here. ";
  it("is drawn in pieces that end with a sentence", () => {
    const text = sentence.repeat(600);
    const blocks = blocksOf(text);
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) expect(text.slice(block.start, block.end).endsWith(". ")).toBe(true);
    expect(Math.max(...blocks.map((b) => b.end - b.start))).toBeLessThanOrEqual(3000);
  });
  it("keeps its direction in every piece", () => {
    const dirs = blocksOf(`(${"שלום עולם. ".repeat(300)}${sentence.repeat(200)}`).map((b) => b.dir);
    expect(new Set(dirs)).toEqual(new Set(["rtl"]));
  });
});
