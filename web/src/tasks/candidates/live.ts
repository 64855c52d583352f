/** The settings of candidates that connected models write while people work, as the server completes them. Pure. */
import type { Question } from "../../api/types";

export interface Contender {
  connection: string;
  name?: string;
  system?: string | null;
  prompt?: string | null;
  temperature?: number | null;
  max_tokens?: number | null;
}

export interface Live {
  models: Contender[];
  prompt: string;
  system: string;
  max_tokens: number;
  draw: number;
  follow_ups: number;
}

const NEW: Live = { models: [{ connection: "" }, { connection: "" }], prompt: "", system: "", max_tokens: 1024, draw: 0, follow_ups: 0 };

/** How candidates are made; null where they come with the data. */
export function liveOf(question: Question): Live | null {
  const given = question.config.live;
  if (typeof given !== "object" || given === null) return null;
  const live = { ...NEW, ...(given as Partial<Live>) };
  return { ...live, models: (live.models as (Contender | string)[]).map((one) => (typeof one === "string" ? { connection: one } : one)) };
}

export const newLive = (prompt: string): Live => ({ ...NEW, prompt });

/** As it is sent: without what was left empty, so that the server fills it in. */
export function tidyLive(live: Live): Record<string, unknown> {
  const models = live.models.map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== "" && value !== null && value !== undefined)));
  return { ...live, models, draw: live.draw > live.models.length ? 0 : live.draw };
}
