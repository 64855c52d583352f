import { expect, test } from "vitest";
import { unplayable } from "./unplayable";

const media = { mime: "audio/wav", name: "call.wav" };

test("a file whose length is known is not blamed on its format", () => {
  expect(unplayable({ duration: 3.5 }, media)).toContain("sound output");
  expect(unplayable({ duration: 3.5 }, media)).not.toContain("audio/wav");
});

test("a file the browser knows nothing of names its kind and what to bring instead", () => {
  expect(unplayable({ duration: NaN }, media)).toBe("This browser cannot play “call.wav” (audio/wav). What is shown is right; to hear it, bring it in as WAV, FLAC, MP3 or Opus.");
});
