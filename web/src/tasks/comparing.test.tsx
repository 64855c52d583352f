import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { candidatesOf, orderFor, ranksIn, turnsBefore } from "./candidates/candidates";
import { widgets } from "./index";
import { nextOpen, place } from "./ranking/place";
import { itemWith, questionOf, stage, suggestionOf } from "./stage";

afterEach(cleanup);

const pair = itemWith({ a: "the **first** answer", b: "the second answer", prompt: "Why?" });
const two = questionOf("pairwise", { candidates: ["a", "b"], from: "fields", tie: true, strength: 0 });
const strong = questionOf("pairwise", { candidates: ["a", "b"], from: "fields", tie: true, strength: 4 });
const list = itemWith({ answers: [{ text: "x" }, "y", { messages: [{ role: "user", content: "q" }, { role: "assistant", content: "z" }] }] });
const ranked = { ...questionOf("ranking", { from: "list" }), field: "answers" };

describe("candidates", () => {
  it("are found by the rules of the server", () => {
    expect(candidatesOf(two, pair).map((c) => c.id)).toEqual(["a", "b"]);
    expect(candidatesOf(two, itemWith({ a: "x", b: "" })).map((c) => c.id)).toEqual(["a"]);
    expect(candidatesOf(ranked, list).map((c) => [c.id, c.content])).toEqual([["1", "x"], ["2", "y"], ["3", [{ role: "user", content: "q" }, { role: "assistant", content: "z" }]]]);
    const chat = { ...questionOf("pairwise", { from: "chat" }), field: "talk" };
    const talk = itemWith({ talk: ["user", "assistant", "user", "assistant", "assistant"].map((role, i) => ({ role, content: String(i) })) });
    expect(candidatesOf(chat, talk).map((c) => c.content)).toEqual(["3", "4"]);
    expect(turnsBefore(chat, talk)).toHaveLength(3);
  });

  it("name their source only where the question is not blind", () => {
    const told = itemWith({ answers: [{ text: "x", source: "m" }, { text: "y" }] });
    expect(candidatesOf(ranked, told)[0]!.source).toBeNull();
    expect(candidatesOf({ ...ranked, config: { ...ranked.config, blind: false } }, told)[0]!.source).toBe("m");
  });

  it("stand in an order of the person's own that stays", () => {
    const seeds = Array.from({ length: 40 }, (_, i) => orderFor(undefined, ["a", "b"], { question: two, seed: `${i}` }).join(""));
    expect(new Set(seeds)).toEqual(new Set(["ab", "ba"]));
    expect(orderFor({ tiers: [["a"], ["b"]], order: ["b", "a"] }, ["a", "b"], { question: two, seed: "1" })).toEqual(["b", "a"]);
    const still = questionOf("pairwise", { candidates: ["a", "b"], shuffle: false });
    expect(seeds.map((_, i) => orderFor(undefined, ["a", "b"], { question: still, seed: `${i}` }).join(""))).not.toContain("ba");
  });
});

describe("pairwise", () => {
  it("takes what stands on that side, whatever it is, and keeps the order", () => {
    for (let seed = 0; seed < 6; seed++) {
      const { seen, press } = stage(two, { item: pair, seed: String(seed) });
      const order = orderFor(undefined, ["a", "b"], { question: two, seed: String(seed) });
      press("1");
      expect([seen.value, seen.completed]).toEqual([{ tiers: [[order[0]], [order[1]]], order }, 1]);
      press("ArrowRight");
      expect(seen.value).toEqual({ tiers: [[order[1]], [order[0]]], order });
      press("3");
      expect(seen.value).toEqual({ tiers: [order], order });
      cleanup();
    }
  });

  it("waits for the strength where it is asked", () => {
    const { seen, press } = stage(strong, { item: pair });
    expect(() => press("Shift+2")).toThrow("No command");
    press("2");
    expect(seen.completed).toBe(0);
    press("Shift+4");
    expect([(seen.value as { strength: number }).strength, seen.completed]).toEqual([4, 1]);
    press("3");
    expect(seen.value).not.toHaveProperty("strength");
  });

  it("shows letters and words, and no name", () => {
    stage(two, { item: pair });
    expect(screen.getAllByRole("article").map((card) => card.getAttribute("aria-label"))).toEqual(["Answer A", "Answer B"]);
    expect(document.body.textContent).not.toMatch(/\ba\b|\bb\b/);
  });

  it("stores the order with what was accepted from a model", () => {
    const widget = widgets.pairwise!;
    const accepted = widget.accept(undefined, [{ tiers: [["b"], ["a"]] }], two);
    expect(widget.seal!(accepted, { item: pair, question: two, seed: "1" })).toEqual({ tiers: [["b"], ["a"]], order: orderFor(undefined, ["a", "b"], { question: two, seed: "1" }) });
  });

  it("says so where there is nothing to compare", () => {
    stage(two, { item: itemWith({ a: "x" }) });
    expect(screen.getByText(/only one answer; two are to be compared/)).toBeTruthy();
  });
});

describe("ranking", () => {
  const order = orderFor(undefined, ["1", "2", "3"], { question: ranked, seed: "1" });

  it("ranks the answer in focus and goes to the next open one", () => {
    const { seen, press } = stage(ranked, { item: list });
    press("2");
    press("1");
    expect(screen.getByRole("status").textContent).toContain("B > A");
    expect(widgets.ranking!.problem!(seen.value, { item: list, question: ranked, seed: "1" })).toContain("1 of the answers has no rank");
    press("2");
    expect(widgets.ranking!.problem!(seen.value, { item: list, question: ranked, seed: "1" })).toBeNull();
    const sealed = widgets.ranking!.seal!(seen.value, { item: list, question: ranked, seed: "1" });
    expect(sealed).toEqual({ tiers: [[order[1]], [order[0]!, order[2]!].sort()], order });
    press("Enter");
    expect(seen.completed).toBe(1);
    press("K");
    press("Backspace");
    expect(ranksIn(seen.value as never).size).toBe(2);
  });

  it("works by clicks, and shows what a model proposes", () => {
    const { seen } = stage(ranked, { item: list, suggestions: [suggestionOf({ tiers: [["1"], ["2"], ["3"]] })] });
    expect(document.querySelectorAll("button[data-suggested]")).toHaveLength(3);
    fireEvent.click(screen.getAllByRole("radio", { name: "Rank 1" })[2]!);
    expect((seen.value as { tiers: string[][] }).tiers).toEqual([[order[2]]]);
  });

  it("swaps where ranks may not be shared", () => {
    const ids = ["x", "y", "z"];
    let value = place(undefined, "x", 1, ids, false);
    value = place(value, "y", 2, ids, false);
    value = place(value, "y", 1, ids, false);
    expect(Object.fromEntries(ranksIn(value))).toEqual({ y: 1, x: 2 });
    value = place(value, "z", 1, ids, false);
    expect(Object.fromEntries(ranksIn(value))).toEqual({ z: 1, x: 2 });
    expect(nextOpen(value, ids, 2)).toBe(1);
    expect(place(place(undefined, "x", 1, ids, true), "x", null, ids, true)).toBeUndefined();
  });
});
