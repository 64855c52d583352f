import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { itemWith, questionOf, stage, suggestionOf } from "../stage";
import { changed, fitted, introduced, joined, keyOf, split, toSegment, withAttribute, type Segment } from "./model";

const kind = { type: "transcript", noun: "segment", nouns: "segments", worded: true };
const one = (start: number, end: number, label = "a", more: Partial<Segment> = {}): Segment => ({ id: `${label}${start}`, start, end, label, ...more });

describe("segments", () => {
  it("keep their key when they change, and what is unset goes", () => {
    const value = [{ start: 1, end: 2, label: "a", text: "hm" }];
    const key = keyOf(value[0]!);
    const [next] = changed(value, key, { end: 3, text: undefined });
    expect(next).toEqual({ id: key, start: 1, end: 3, label: "a" });
    expect(changed([one(5, 6), one(1, 2)], "a5", { start: 0, end: 1 }).map((s) => s.start)).toEqual([0, 1]);
  });
  it("are cut with their words and joined again", () => {
    const value = [one(0, 4, "a", { text: "well I do not know" }), one(9, 10, "b")];
    const cut = split(value, "a0", 1.6);
    expect(cut.map((s) => [s.start, s.end, s.text])).toEqual([[0, 1.6, "well I"], [1.6, 4, "do not know"], [9, 10, undefined]]);
    expect(joined(cut, "a0")).toEqual([{ ...value[0], id: "a0" }, value[1]]);
    expect(split(value, "a0", 7)).toEqual(value);
    expect(joined(value, "b9")).toEqual(value);
  });
  it("are drawn as far as there is room where they may not overlap", () => {
    const none = questionOf("segments", { overlap: false });
    const value = [one(1, 2), one(5, 6, "b")];
    expect(fitted(none, value, { start: 0.5, end: 1.4 }, "b")).toEqual({ start: 0.5, end: 1 });
    expect(fitted(none, value, { start: 1.8, end: 5.5 }, "b")).toEqual({ start: 2, end: 5 });
    expect(fitted(none, value, { start: 1.2, end: 1.6 }, "b")).toBeNull();
    expect(fitted(none, value, { start: 0, end: 9 }, "a", "a1")).toEqual({ start: 0, end: 5 });
    expect(fitted(questionOf("segments", { overlap: "labels" }), value, { start: 0, end: 9 }, "b", "b5")).toEqual({ start: 0, end: 9 });
    expect(fitted(questionOf("segments", {}), value, { start: 1.2, end: 1.6 }, "a")).toEqual({ start: 1.2, end: 1.6 });
  });
  it("know what belongs to their speaker", () => {
    const q = questionOf("transcript", { of_speaker: ["language"], attributes: [{ name: "language" }, { name: "mood" }] });
    const value = [one(0, 1), one(2, 3), one(4, 5, "b")];
    const told = withAttribute(q, withAttribute(q, value, "a2", "language", "de"), "a2", "mood", "calm");
    expect(told.map((s) => s.attributes)).toEqual([{ language: "de" }, { language: "de", mood: "calm" }, undefined]);
    const made = introduced(q, told, toSegment(kind, { start: 6, end: 7 }, "a"));
    expect(made).toMatchObject({ text: "", attributes: { language: "de" } });
    expect(introduced(q, told, { ...told[1]!, label: "b" }).attributes).toEqual({ mood: "calm" });
    expect(withAttribute(q, told, "a0", "language", undefined).map((s) => s.attributes)).toEqual([undefined, { mood: "calm" }, undefined]);
  });
});

const FIELDS = [{ name: "sound", kind: "audio" as const }];
const ITEM = itemWith({ sound: { media: 5, mime: "audio/wav", name: "a.wav", duration: 20 } });

describe("the editor", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    vi.stubGlobal("ResizeObserver", class { observe() {} disconnect() {} unobserve() {} });
    HTMLMediaElement.prototype.play = () => Promise.resolve();
    HTMLMediaElement.prototype.pause = () => undefined;
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    document.body.innerHTML = "";
  });
  const audio = () => document.querySelector("audio")!;
  const at = (time: number) => act(() => { audio().currentTime = time; });

  it("makes a segment between two keys, with the label that is armed, relabels, moves edges and removes", () => {
    const { seen, press } = stage(questionOf("segments", { labels: ["speech", "music"] }), { item: ITEM, fields: FIELDS });
    press("2");
    at(3);
    press("I");
    at(4.5);
    press("U");
    expect(seen.value).toMatchObject([{ start: 3, end: 4.5, label: "music" }]);
    press("1");
    press("Alt+ArrowRight");
    press("Alt+Shift+ArrowLeft");
    expect(seen.value).toMatchObject([{ start: 2.99, end: 4.51, label: "speech" }]);
    at(4);
    press("B");
    expect(seen.value).toMatchObject([{ end: 4 }, { start: 4, end: 4.51 }]);
    press("M");
    expect(seen.value).toMatchObject([{ start: 2.99, end: 4.51 }]);
    press("Delete");
    expect(seen.value).toBeUndefined();
  });
  it("goes through segments and suggestions in order of time, and accepts or rejects these", () => {
    const given = suggestionOf([{ start: 8, end: 9, label: "music", score: 0.9 }, { start: 1, end: 2, label: "speech" }, { start: 12, end: 13, label: "speech" }]);
    const { seen, press } = stage(questionOf("segments", { labels: ["speech", "music"] }), { item: ITEM, fields: FIELDS, suggestions: [given], value: [one(5, 6, "speech")] });
    press("J");
    expect(audio().currentTime).toBe(1);
    press("A");
    press("R");
    expect(seen.rejected).toEqual(["7:0"]);
    expect(seen.value).toMatchObject([{ start: 1, label: "speech", id: "7:1" }, { start: 5 }]);
    press("K");
    expect(screen.getByRole("listbox").getAttribute("aria-label")).toBe("4 segments");
  });
  it("writes what is said, and says where segments may not overlap", () => {
    const { seen, press } = stage(questionOf("transcript", { labels: ["A", "B"], overlap: false }), { item: ITEM, fields: FIELDS, value: [one(5, 6, "A", { text: "yes" })] });
    at(5.2);
    press("I");
    at(5.6);
    press("U");
    expect(seen.value).toHaveLength(1);
    expect(screen.getByText(/may not overlap/)).toBeTruthy();
    press("Escape");
    press("J");
    const box = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "What is said" });
    expect(box.value).toBe("yes");
    press("E");
    expect(document.activeElement).toBe(box);
  });
  it("says what is wrong with the file in its place", () => {
    stage(questionOf("segments", { labels: ["a"] }), { item: itemWith({ sound: { media: 5, mime: "audio/wav", error: "damaged: nothing in it" } }), fields: FIELDS });
    expect(screen.getByText("damaged: nothing in it")).toBeTruthy();
  });
});
