import { describe, expect, it } from "vitest";
import { readEvents } from "./stream";

const bytes = new TextEncoder().encode(': ping\n\nevent: text\ndata: {"text":"Grüße 😀"}\n\nevent: done\ndata: {"turn":7}\n\n');

function cutInto(size: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

describe("readEvents", () => {
  it.each([1, 2, 5, 1000])("reads the same events however the bytes are cut (%i)", async (size) => {
    const found = [];
    for await (const event of readEvents(cutInto(size))) found.push(event);
    expect(found).toEqual([
      { name: "text", data: { text: "Grüße 😀" } },
      { name: "done", data: { turn: 7 } },
    ]);
  });
});
