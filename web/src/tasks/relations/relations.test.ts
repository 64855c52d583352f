import { describe, expect, it } from "vitest";
import { layOut, LANES, type ArcEnds } from "./layout";
import { fits, typesOf, withoutLink } from "../linking/links";
import { EMPTY, links, spansOf, type Graph } from "./model";
import { isSpan, type Span } from "../marking/model";
import { regionParts } from "../regions/parts";
import { questionOf, suggestionOf } from "../stage";

const question = questionOf("relations", {
  labels: ["person", "firm"],
  relations: ["likes", { value: "works", head: ["person"], tail: ["firm"] }, { value: "near", kind: "undirected" }, { value: "same", kind: "chain" }],
});
const { holdsLink, linkParts, withLink, withLinkPart, withMarks: withSpansOf } = links;
const types = typesOf(question);
const span = (id: string, start: number, label = "person"): Span => ({ id, start, end: start + 1, label });
const graph = (...spans: Span[]): Graph => ({ spans, relations: [] });
const abcd = graph(span("a", 0), span("b", 2, "firm"), span("c", 4), span("d", 6));
const link = (g: Graph, head: string, tail: string, label: string) => withLink(g, types, { head, tail, label });
const pairs = (g: Graph) => g.relations.map((r) => `${r.head}${r.tail}`);

describe("a graph", () => {
  it("holds the ends of a type to its labels", () => {
    expect(types.map((t) => fits(t, "person", "firm"))).toEqual([true, true, true, true]);
    expect(types.map((t) => fits(t, "firm", "person"))).toEqual([true, false, true, true]);
  });
  it("keeps undirected relations in reading order, and each once", () => {
    expect(pairs(link(link(abcd, "c", "a", "near"), "a", "c", "near"))).toEqual(["ac"]);
    expect(pairs(link(link(abcd, "c", "a", "likes"), "a", "c", "likes"))).toEqual(["ca", "ac"]);
  });
  it("keeps a chain as links to the next, however it was drawn", () => {
    const star = link(link(link(abcd, "d", "a", "same"), "d", "b", "same"), "d", "c", "same");
    expect(pairs(star)).toEqual(["ab", "bc", "cd"]);
    expect(pairs(withoutLink(star, "b>c:same"))).toEqual(["ab", "cd"]);
  });
  it("closes a chain where a span is taken out, and drops what ended there", () => {
    const all = link(link(link(abcd, "a", "b", "same"), "b", "c", "same"), "a", "b", "works");
    expect(withSpansOf(all, types, abcd.spans.filter((s) => s.id !== "b")).relations).toEqual([{ head: "a", tail: "c", label: "same" }]);
  });
  it("drops a relation whose end has another label now", () => {
    const works = link(abcd, "a", "b", "works");
    const relabelled = abcd.spans.map((s) => (s.id === "b" ? { ...s, label: "person" } : s));
    expect(withSpansOf(works, types, relabelled).relations).toEqual([]);
  });
  it("names the ends of a new relation", () => {
    const bare = { spans: [{ start: 0, end: 1, label: "person" }, { start: 2, end: 3, label: "firm" }], relations: [] };
    const next = link(bare, "0:1:person", "2:3:firm", "works");
    expect(next.spans.map((s) => s.id)).toEqual(["0:1:person", "2:3:firm"]);
  });
  it("takes a suggested relation with its ends, or between equal ones that are there", () => {
    const suggestion = suggestionOf({ spans: [span("x", 0), span("y", 2, "firm")], relations: [{ head: "x", tail: "y", label: "works" }] });
    const [part] = linkParts(suggestion, regionParts(spansOf(suggestion), isSpan));
    const fresh = withLinkPart(EMPTY, types, part!.part);
    expect(fresh.spans).toHaveLength(2);
    expect(holdsLink(fresh, part!.part, types)).toBe(true);
    const there = withLinkPart(graph(span("a", 0)), types, part!.part);
    expect(there.spans.map((s) => s.id)).toEqual(["a", "7:1"]);
    expect(pairs(there)).toEqual(["a7:1"]);
  });
});

describe("arcs", () => {
  const at = (key: string, x1: number, y1: number, x2: number, y2: number): ArcEnds => ({ key, head: { x: x1, y: y1 }, tail: { x: x2, y: y2 } });
  const levelOf = (path: string) => Number(/V(-?[\d.]+)/.exec(path)![1]);
  it("that overlap on one line have lanes of their own, the short one lowest", () => {
    const laid = layOut([at("long", 10, 100, 300, 100), at("short", 100, 100, 200, 100), at("apart", 320, 100, 400, 100)], 60, 6);
    const level = Object.fromEntries(laid.map((one) => [one.key, levelOf(one.path)]));
    expect(level.short).toBeGreaterThan(level.long!);
    expect(level.apart).toBe(level.short);
  });
  it("that change lines run through the margin in columns of their own", () => {
    const laid = layOut([at("a", 200, 100, 300, 160), at("b", 250, 100, 350, 160)], 60, 6);
    const columns = laid.map((one) => /H(-?[\d.]+)/.exec(one.path)![1]);
    expect(new Set(columns).size).toBe(2);
    for (const column of columns) expect(Number(column)).toBeLessThan(66);
  });
  it("are drawn also where there is no lane left", () => {
    const many = Array.from({ length: LANES + 3 }, (_, i) => at(`${i}`, 10 + i, 100, 300 + i, 100));
    expect(layOut(many, 60, 2)).toHaveLength(LANES + 3);
    expect(layOut(many.map((one) => ({ ...one, tail: { x: one.tail.x, y: 400 } })), 60, 2).every((one) => !one.path.includes("NaN"))).toBe(true);
  });
});
