import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { FieldKind } from "../api/types";
import { FieldView } from "./FieldView";
import { cutAtWords } from "./Highlighted";
import { framed } from "./HtmlView";
import { ImageCache } from "./image-cache";
import { tableOf } from "./table";

afterEach(cleanup);
const show = (kind: FieldKind, value: unknown, highlight?: string) => render(<FieldView field={{ name: "f", kind }} value={value} highlight={highlight} />).container;

describe("fields", () => {
  it("never turns text into markup", () => {
    const page = show("text", "<img src=x onerror=alert(1)> <b>x</b>");
    expect(page.querySelector("img, b")).toBeNull();
    expect(page.textContent).toContain("<b>x</b>");
  });

  it("cleans Markdown", async () => {
    const page = show("markdown", "**bold** <script>alert(1)</script> [link](javascript:alert(1)) ![x](javascript:alert(2))");
    await screen.findByText("bold", undefined, { timeout: 10_000 });
    expect(page.querySelector("script")).toBeNull();
    expect(page.innerHTML).not.toContain("javascript:");
  });

  it("locks HTML into a frame without rights", () => {
    const frame = show("html", "<script>parent.hacked = 1</script>").querySelector("iframe")!;
    expect(frame.getAttribute("sandbox")).toBe("");
    expect(framed("<p>x</p>").indexOf("Content-Security-Policy")).toBeLessThan(framed("<p>x</p>").indexOf("<p>x</p>"));
  });

  it("shows chats, tables, other values, and says when there is nothing", () => {
    expect(show("chat", [{ role: "user", content: "Hi" }]).querySelector("li")!.textContent).toBe("userHi");
    expect(show("table", [{ a: 1 }, { b: 2 }]).querySelectorAll("td")).toHaveLength(4);
    expect(show("document", { a: [1] }).textContent).toContain('"a"');
    expect(show("text", undefined).textContent).toContain("Nothing");
    expect(show("image", { media: 1, mime: "image/png", error: "The file is cut short." }).textContent).toContain("cut short");
  });

  it("shows calls of tools and what came back, and fetches nothing", async () => {
    const page = show("chat", [
      { role: "user", content: [{ type: "text", text: "Look" }, { type: "image_url", image_url: { url: "http://example.org/x.png" } }] },
      { role: "assistant", content: null, tool_calls: [{ id: "1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } }] },
      { role: "tool", tool_call_id: "1", content: '{"t":3}' },
      { role: "assistant", content: "It is **cold**. ![x](http://example.org/y.png)" },
    ]);
    await screen.findByText("cold", undefined, { timeout: 10_000 });
    expect(page.querySelector("img, script")).toBeNull();
    expect(page.textContent).toContain("[image url]");
    expect(page.textContent).toContain("calls weather");
    expect(page.textContent).toContain("cityOslo");
    expect(page.querySelector('[aria-label="Result of a tool"]')!.textContent).toBe('{\n  "t": 3\n}');
  });

  it("marks words, whatever signs they hold", () => {
    expect(cutAtWords("a (b) A", "(b) a")).toEqual(["", "a", " ", "(b)", " ", "A", ""]);
    expect(show("text", "Cost: $5", "$5").querySelector("mark")!.textContent).toBe("$5");
  });

  it("knows tables", () => {
    expect(tableOf({ columns: ["a"], rows: [[1]] })).toEqual({ columns: ["a"], rows: [[1]] });
    expect(tableOf([["a", "b"], [1, 2]])).toEqual({ columns: ["a", "b"], rows: [[1, 2]] });
    expect(tableOf([1, 2])).toBeNull();
    expect(tableOf("x")).toBeNull();
  });
});

describe("the image cache", () => {
  const image = (bytes: number) => {
    const close = vi.fn();
    return { mips: { size: { w: bytes / 4, h: 1 }, levels: [{ width: bytes / 4, height: 1, close } as unknown as ImageBitmap] }, close };
  };

  it("loads once for all who ask, and throws out what was used longest ago", async () => {
    const made = new Map([["a", image(400)], ["b", image(400)], ["c", image(400)]]);
    const load = vi.fn((url: string) => Promise.resolve(made.get(url)!.mips));
    const cache = new ImageCache(load, 1000);
    await Promise.all([cache.warm("a"), cache.warm("a"), cache.warm("b")]);
    await cache.warm("a");
    await cache.warm("c");
    await Promise.resolve();
    expect(load).toHaveBeenCalledTimes(3);
    expect(made.get("b")!.close).toHaveBeenCalled();
    expect(made.get("a")!.close).not.toHaveBeenCalled();
    expect(cache.bytes).toBe(800);
  });

  it("never throws out what is shown", async () => {
    const made = new Map([["a", image(800)], ["b", image(800)]]);
    const cache = new ImageCache((url) => Promise.resolve(made.get(url)!.mips), 1000);
    const lease = await cache.acquire("a");
    await cache.warm("b");
    await Promise.resolve();
    expect(made.get("a")!.close).not.toHaveBeenCalled();
    lease.release();
    lease.release();
    expect(cache.bytes).toBeLessThanOrEqual(1000);
  });

  it("forgets failures, so that a second try loads again", async () => {
    const load = vi.fn().mockRejectedValueOnce(new Error("gone")).mockResolvedValue(image(4).mips);
    const cache = new ImageCache(load, 1000);
    await cache.warm("a");
    await expect(cache.acquire("a")).resolves.toBeDefined();
    expect(load).toHaveBeenCalledTimes(2);
  });
});
