import { describe, expect, it } from "vitest";
import { connectionsOf, withConnections } from "./judgeConfig";
import { EMPTY, missing, moved, nameFrom, newCriterion, replaced, resized } from "./rubricDraft";

const full = () => {
  const one = newCriterion(EMPTY);
  const told = { ...one, title: "Right", levels: one.levels.map((l) => ({ ...l, description: `level ${l.score}` })), pass_mark: 4 };
  return { ...EMPTY, name: "facts", criteria: [told] };
};

describe("a rubric in the making", () => {
  it("says what is missing, one thing at a time", () => {
    expect(missing(EMPTY)).toContain("name");
    expect(missing({ ...EMPTY, name: "x" })).toBe("Add a criterion.");
    const rubric = { ...EMPTY, name: "x", criteria: [newCriterion(EMPTY)] };
    expect(missing(rubric)).toBe("Criterion 1 needs a title.");
    expect(missing(replaced(rubric, 0, { ...rubric.criteria[0]!, title: "Right" }))).toContain("Describe each level");
    expect(missing(full())).toBeNull();
    expect(missing({ ...full(), criteria: [...full().criteria, ...full().criteria] })).toContain("named");
  });

  it("gives each criterion a name of its own", () => {
    const first = { ...EMPTY, criteria: [newCriterion(EMPTY)] };
    expect(newCriterion(first).name).not.toBe(first.criteria[0]?.name);
    expect(nameFrom("Grounded in the item!")).toBe("grounded-in-the-item");
    expect(nameFrom("2nd: Größe")).toBe("nd-gro-e".replace("gro-e", "gro-e"));
  });

  it("drops a pass mark with its level, and keeps the order of others", () => {
    const [one] = full().criteria;
    expect(resized(one!, -1).pass_mark).toBeNull();
    expect(resized(one!, 1).levels.map((l) => l.score)).toEqual([1, 2, 3, 4, 5]);
    const two = { ...EMPTY, criteria: [{ ...one!, name: "a" }, { ...one!, name: "b" }] };
    expect(moved(two, 0, 1).criteria.map((c) => c.name)).toEqual(["b", "a"]);
  });
});

describe("the models of a judge", () => {
  it("reads and writes one model, or the members of a panel with their own settings", () => {
    expect(connectionsOf("rubric", { connection: "a" })).toEqual(["a"]);
    expect(withConnections("rubric", { connection: "a", samples: 3 }, ["a", "b"])).toEqual({ samples: 3, connection: "b" });
    const panel = { members: [{ connection: "a", temperature: 1 }, "b"] };
    expect(connectionsOf("panel", panel)).toEqual(["a", "b"]);
    expect(withConnections("panel", panel, ["a", "c"])).toEqual({ members: [{ connection: "a", temperature: 1 }, "c"] });
  });
});
