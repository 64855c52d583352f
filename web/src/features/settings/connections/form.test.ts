import { describe, expect, it } from "vitest";
import type { Connection, Provider } from "../../../api/types";
import { bodyOf, choicesOf, emptyForm, formOf } from "./form";

const abilities = { structured: null, images: null, audio: null, documents: null, logprobs: null, streaming: true, tools: null, batch: null };
const provider: Provider = {
  name: "openai_compatible", title: "OpenAI-compatible server", local: false, needs_key: false, takes_model: true, extra: "llm", missing: null,
  fields: { base_url: "address", extra: "more" }, defaults: { extra: {} }, abilities,
  presets: [{ name: "ollama", title: "Ollama", config: { base_url: "http://127.0.0.1:11434/v1" }, needs_key: false, local: true, models: [], hint: "" }],
};

describe("the form of a connected model", () => {
  const choice = choicesOf([provider])[0]!;

  it("starts from a preset and sends only what was filled in", () => {
    const form = { ...emptyForm(choice), name: "mine", model: "m", key: " secret ", input: 0.5 as number | "" };
    expect(bodyOf(form, null)).toEqual({
      name: "mine", plugin: "openai_compatible", model: "m", key: "secret", local: true, config: { base_url: "http://127.0.0.1:11434/v1", extra: {} },
      limits: {}, prices: { input: 0.5 },
    });
  });

  it("refuses settings that are no JSON", () => {
    expect(bodyOf({ ...emptyForm(choice), settings: { extra: "{oops" } }, null)).toBeNull();
  });

  it("keeps what a stored connection has and sends no key unless one was typed", () => {
    const stored = {
      name: "mine", plugin: "openai_compatible", model: "7", local: true, prices: { input: 1, output: 2, batch: 0.4 }, limits: { tries: 9, concurrency: 4 },
      config: { base_url: "http://127.0.0.1:1/v1", answer_bytes: 9000 },
    } as unknown as Connection;
    const body = bodyOf({ ...formOf(stored), concurrency: "" }, stored);
    expect(body).toMatchObject({ limits: { tries: 9 }, prices: { input: 1, output: 2, batch: 0.4 }, config: { answer_bytes: 9000 } });
    expect(body).not.toHaveProperty("key");
    expect(body).not.toHaveProperty("plugin");
  });
});
