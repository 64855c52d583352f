/** Asks the server to carry the selected track on from a frame by what is seen, and puts the key frames into the track. */
import { api } from "../../api/client";
import type { Item, Question } from "../../api/types";
import { nextKey, placeAt, placeOf, type Keyframe, type Track } from "../../lib/track";

const MOST = 120;

interface Reply {
  available: boolean;
  reason: string;
  thing: { keyframes: Keyframe[]; to: number; lost: number | null; why: string } | null;
}

export interface Carried {
  track: Track;
  /** The last frame that was reached. */
  to: number;
  /** What to tell the person; null where it went as far as it was asked to. */
  words: string | null;
}

/** Throws Error with a sentence where the tool is not there, not available, or finds nothing to go on from. */
export async function carry(item: Item, question: Question, track: Track, frame: number, by: 1 | -1): Promise<Carried> {
  const place = placeAt(track, frame);
  if (!place) throw new Error("The track is not on this frame. Go to a frame where it is seen.");
  const end = nextKey(track, frame, by);
  const frames = end === null ? MOST : Math.min(MOST, Math.abs(end - frame) - 1);
  if (frames < 1) throw new Error("The next frame is a key frame already.");
  const body = { question: question.name, tool: "optical_flow", carry: { key: { frame, ...placeOf(place) }, by, frames } };
  const reply = await api.post<Reply>(`/projects/${item.project_id}/items/${item.id}/refine`, body);
  if (!reply.available || !reply.thing) throw new Error(reply.reason || "The tool has found nothing.");
  const { keyframes, to, lost, why } = reply.thing;
  const made = new Set(keyframes.map((key) => key.frame));
  const own = track.keyframes.some((key) => key.frame === frame) ? [] : [{ frame, ...placeOf(place), ...(place.occluded ? { occluded: true } : {}) }];
  const kept = track.keyframes.filter((key) => !made.has(key.frame));
  const next = { ...track, keyframes: [...kept, ...own, ...keyframes].sort((a, b) => a.frame - b.frame) };
  return { track: next, to, words: lost === null ? null : `Lost at frame ${lost}: ${why}. Set it right there and go on.` };
}
