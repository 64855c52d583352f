import { describe, expect, it } from "vitest";
import type { DataSetOffer, Question } from "../../api/types";
import { offerText, withOffer } from "./offers";

const asked = { name: "objects", type: "boxes", title: "Box everything" } as Question;
const offer: DataSetOffer = { column: "boxes", labels: 6, question: "objects", missing: ["a", "b", "c", "d", "e"], lacking: 5, change: asked };

describe("offers of a data set", () => {
  it("names the question and the labels it lacks", () => {
    expect(offerText(offer, [asked])).toContain("“Box everything”, which does not know a, b, c, d and 1 more");
    expect(offerText({ ...offer, missing: [], lacking: 0 }, [asked])).toBe("can be taken by “Box everything”");
  });

  it("says where no question takes a column, and where none could", () => {
    expect(offerText({ ...offer, question: null }, [asked])).toBe("no question takes this");
    expect(offerText({ ...offer, question: null, change: null }, [asked])).toContain("can take this");
  });

  it("changes a question in its place, or adds one", () => {
    const other = { name: "shapes", type: "polygons" } as Question;
    expect(withOffer([asked, other], { ...asked, title: "New" }).map((one) => one.title)).toEqual(["New", undefined]);
    expect(withOffer([asked], other)).toEqual([asked, other]);
  });
});
