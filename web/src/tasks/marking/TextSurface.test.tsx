import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { offsetMap } from "../../lib/offsets";
import { place } from "../../lib/segments";
import { blocksOf, passagesOf, shareOut } from "./document";
import { SpanDrawer } from "./model";
import { TextSurface } from "./TextSurface";

it("holds all of a long text, but makes lines and spans only of what the screen may show first", () => {
  const text = "a line with a word or two in it\n".repeat(3000);
  const blocks = blocksOf(text);
  const drawer = new SpanDrawer(offsetMap(text), []);
  const drawn = Array.from({ length: 3000 }, (_, i) => drawer.ofSpan({ start: 32 * i, end: 32 * i + 6, label: "x" }));
  const ignore = () => undefined;
  const { container } = render(
    <TextSurface ref={null} name="Words" text={text} blocks={blocks} shares={shareOut(blocks, place(drawn))} selected={null} armed={false} editable={false} onRange={ignore} onClick={ignore} onEdge={ignore} />,
  );
  expect(container.textContent).toBe(text);
  const marks = container.querySelectorAll("mark").length;
  expect(marks).toBeGreaterThan(60);
  expect(marks).toBeLessThan(200);
  expect(container.querySelectorAll("*").length).toBeLessThan(2 * passagesOf(blocks).length + 10 * marks);
});
