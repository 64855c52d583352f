import { afterEach, describe, expect, it, vi } from "vitest";
import { amplify, factorOf, GAINS } from "./loudness";

const gains: { gain: { value: number } }[] = [];
class Context {
  state = "running";
  destination = {};
  createGain() {
    gains.push({ gain: { value: 1 } });
    return { ...gains.at(-1)!, connect: () => undefined };
  }
  createMediaElementSource = () => ({ connect: (to: unknown) => to });
}

describe("loudness", () => {
  afterEach(() => vi.unstubAllGlobals());
  it("is doubled and halved by each step of 6 dB", () => {
    GAINS.slice(1).forEach((db, i) => expect(factorOf(db) / factorOf(GAINS[i]!)).toBeCloseTo(2, 1));
    expect(factorOf(0)).toBe(1);
  });
  it("is the element's own volume until it is to be louder than the file, and an amplifier's from then on", () => {
    vi.stubGlobal("AudioContext", Context);
    const element = document.createElement("audio");
    amplify(element, -6);
    expect(element.volume).toBeCloseTo(0.501, 3);
    expect(gains).toHaveLength(0);
    amplify(element, 12);
    expect([element.volume, gains.map((one) => one.gain.value)]).toEqual([1, [expect.closeTo(3.981, 3)]]);
    amplify(element, -12);
    expect([element.volume, gains.map((one) => one.gain.value)]).toEqual([1, [expect.closeTo(0.251, 3)]]);
  });
});
