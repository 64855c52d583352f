import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import * as plot from "@observablehq/plot";
import { MantineProvider } from "@mantine/core";
import { afterEach, describe, expect, it } from "vitest";
import { bars, calibration, Figure, intervals, lines } from ".";
import { selfContained } from "./svg";

afterEach(cleanup);

const PEOPLE = [
  { name: "ada", value: 0.9, low: 0.8, high: 0.95 },
  { name: "bob", value: 0.5, low: null, high: null },
  { name: "eve", value: null, low: null, high: null },
];
const SHARE = { label: "Agreement", domain: [0, 1] as [number, number], percent: true };

describe("a figure", () => {
  const shown = (rows: typeof PEOPLE) =>
    render(
      <MantineProvider>
        <Figure
          title="People"
          basis="on 120 items"
          rows={rows}
          columns={[{ title: "Person", value: (row) => row.name }, { title: "Agreement", value: (row) => row.value }]}
          draw={(library, width) => intervals(library, width, rows, SHARE)}
          file="people"
          empty="Nobody has answered yet."
        />
      </MantineProvider>,
    );

  it("says on how much it rests and keeps the table behind the plot", () => {
    shown(PEOPLE);
    expect(screen.getByText("on 120 items")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Show the table" }));
    expect([...screen.getByRole("table").querySelectorAll("td")].map((cell) => cell.textContent)).toEqual(["ada", "0.9", "bob", "0.5", "eve", "–"]);
  });

  it("without rows says so and offers no file", () => {
    shown([]);
    expect(screen.getByText("Nobody has answered yet.")).toBeTruthy();
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("the shapes", () => {
  const marks = (options: plot.PlotOptions, kind: string) => plot.plot(options).querySelectorAll(kind);

  it("draw a dot for each known value and a line for each known interval", () => {
    const options = intervals(plot, 600, PEOPLE, SHARE, 0.5);
    expect(marks(options, "g[aria-label=dot] circle")).toHaveLength(2);
    expect(marks(options, "g[aria-label=link] path")).toHaveLength(1);
  });

  it("print names that are too long in short", () => {
    const long = "x".repeat(200);
    const text = plot.plot(intervals(plot, 300, [{ name: long, value: 1, low: 0, high: 2 }], { label: "n" })).textContent ?? "";
    expect(text).not.toContain(long);
    expect(text).toContain("…");
  });

  it("draw a line a group, a diagonal and bars", () => {
    const steps = [1, 2, 3].flatMap((x) => ["a", "b"].map((group) => ({ x, value: x / 3, low: 0, high: 1, group })));
    expect(marks(lines(plot, steps, { label: "labels" }, SHARE), "g[aria-label=line] path")).toHaveLength(2);
    expect(marks(calibration(plot, [{ stated: 0.9, right: 0.7, low: 0.6, high: 0.8, n: 40 }]), "g[aria-label=dot] circle")).toHaveLength(1);
    expect(marks(bars(plot, 600, [{ name: "yes", value: 3 }, { name: "no", value: 4 }], { label: "items" }), "g[aria-label=bar] path, g[aria-label=bar] rect")).toHaveLength(2);
  });

  it("leave no variable of the theme in a file", () => {
    document.documentElement.style.setProperty("--accent", "#123456");
    const drawn = plot.plot(intervals(plot, 600, PEOPLE, SHARE)) as unknown as SVGSVGElement;
    const text = selfContained(drawn, "People").outerHTML;
    expect(text).not.toContain("var(");
    expect(text).toContain("#123456");
  });
});
