import { describe, expect, it } from "vitest";
import { boxKind, type Box } from "../boxes/box";
import { widget } from "../boxes";
import { questionOf, suggestionOf } from "../stage";
import { graphOf, linksOf, settled, stored, thingParts } from "./related";

const question = questionOf("boxes", { labels: ["man", "bike"], relations: [{ value: "rides", head: ["man"], tail: ["bike"] }, { value: "same", kind: "chain" }] });
const box = (id: string, label: string, x: number, ...to: [string, string][]): Box => ({ id, label, x, y: 0, w: 9, h: 9, ...(to.length > 0 ? { relations: to.map(([end, type]) => ({ to: end, label: type })) } : {}) });
const scene = [box("a", "man", 0, ["c", "rides"]), box("b", "man", 20), box("c", "bike", 40)];
const links = linksOf(boxKind);
const said = (value: readonly Box[]) => value.flatMap((one) => (one.relations ?? []).map((r) => `${one.id} ${r.label} ${r.to}`));

describe("things with relations", () => {
  it("become a graph and the same things again", () => {
    const again = stored(boxKind, graphOf(boxKind, scene));
    expect(again).toEqual(scene);
    expect(again.every((one, i) => one === scene[i])).toBe(true);
  });
  it("lose a relation with its end, and with a label that does not fit", () => {
    expect(said(settled(boxKind, question, scene, scene.slice(0, 2)))).toEqual([]);
    expect(said(settled(boxKind, question, scene, scene.map((one) => (one.id === "c" ? { ...one, label: "man" } : one))))).toEqual([]);
  });
  it("keep it when another thing goes, and give a copy none", () => {
    expect(said(settled(boxKind, question, scene, [scene[0]!, scene[2]!, { ...scene[0]!, id: "twin" }]))).toEqual(["a rides c"]);
  });
  it("close a chain where one is taken out of the middle", () => {
    const chain = [box("a", "man", 0, ["b", "same"]), box("b", "man", 20, ["c", "same"]), box("c", "bike", 40)];
    expect(said(settled(boxKind, question, chain, [chain[0]!, chain[2]!]))).toEqual(["a same c"]);
  });
});

describe("suggested relations", () => {
  const suggestion = suggestionOf(scene);
  it("are parts of their own, and things come without them", () => {
    expect(thingParts(boxKind, suggestion).every(({ part }) => part.relations === undefined)).toBe(true);
    expect(widget.parts(suggestion).map((part) => part.key)).toEqual(["7:0", "7:1", "7:2", "7:r0"]);
  });
  it("bring their ends when they are accepted", () => {
    const link = widget.parts(suggestion).at(-1)!.part;
    const value = widget.accept(undefined, [link], question);
    expect(said(value)).toEqual(["7:0 rides 7:2"]);
    expect(widget.holds(value, link)).toBe(true);
    expect(widget.accept(value, [link], question)).toEqual(value);
  });
  it("join things that are there already", () => {
    const own = [box("m", "man", 0), box("n", "bike", 40)];
    expect(said(widget.accept(own, [widget.parts(suggestion).at(-1)!.part], question))).toEqual(["m rides n"]);
  });
  it("are not held by a graph with the same things alone", () => {
    const bare = scene.map(({ relations: _, ...one }) => one);
    expect(links.holdsLink(graphOf(boxKind, bare), links.linkParts(suggestion, thingParts(boxKind, suggestion))[0]!.part, [])).toBe(false);
  });
});
