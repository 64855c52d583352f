import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import type { Question } from "../../api/types";
import { widgets } from "..";
import { nameFor } from "./attribute-draft";

afterEach(cleanup);

function form(type: string, config: Record<string, unknown> = {}) {
  const seen = { now: { name: "q", type, config: { labels: ["car", "bus"], ...config } } as unknown as Question };
  const Settings = widgets[type]!.Settings!;
  function Held() {
    const [question, setQuestion] = useState(seen.now);
    return <MantineProvider env="test"><Settings question={question} fields={[]} onChange={(next) => setQuestion((seen.now = next))} /></MantineProvider>;
  }
  render(<Held />);
  return seen;
}

it("makes attributes of things on an image", () => {
  const seen = form("polygons");
  fireEvent.click(screen.getByRole("button", { name: "Add an attribute" }));
  fireEvent.change(screen.getByLabelText("Title of attribute 1"), { target: { value: "Colour of paint" } });
  fireEvent.click(screen.getByLabelText("Needed"));
  expect(seen.now.config).toEqual({
    labels: ["car", "bus"],
    attributes: [{ name: "colour_of_paint", title: "Colour of paint", type: "choice", config: { labels: [] }, required: true }],
  });
  fireEvent.click(screen.getByRole("button", { name: "Remove" }));
  expect(seen.now.config).toEqual({ labels: ["car", "bus"] });
});

it("lets boxes be turned, and keeps what else was set", () => {
  const seen = form("boxes", { attributes: [{ name: "a", config: { labels: ["x"] } }] });
  fireEvent.click(screen.getByLabelText("Boxes may be turned"));
  expect(seen.now.config).toMatchObject({ rotated: true, attributes: [{ name: "a" }] });
  fireEvent.click(screen.getByLabelText("Boxes may be turned"));
  expect(seen.now.config).not.toHaveProperty("rotated");
});

it("offers attributes beside the tolerance of lines, and for masks", () => {
  for (const type of ["lines", "masks"]) {
    form(type);
    expect(screen.getByRole("button", { name: "Add an attribute" })).toBeTruthy();
    cleanup();
  }
});

it("gives every attribute a name of its own", () => {
  const others = [{ name: "colour" }, { name: "attribute" }];
  expect([nameFor("Colour", others), nameFor("", others), nameFor("3 Räder", others), nameFor("Größe!", [])]).toEqual(["colour_2", "attribute_2", "n3_ra_der", "gro_e"]);
});
