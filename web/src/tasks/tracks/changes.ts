/** What was changed on one frame, as changes of tracks. Pure: the marks of the frame before and after, and the tracks. */
import { keyed, type Track } from "../../lib/track";
import { keyOfTrack, placeOfMark, type TrackMark } from "./kind";

/** Where a suggested track was accepted: the track behind the mark, by the mark's id. */
export type Suggested = ReadonlyMap<string, Track>;

export interface Changed {
  tracks: readonly Track[];
  /** The marks that the editor was given. */
  before: readonly TrackMark[];
  /** What it made of them. */
  after: readonly TrackMark[];
  frame: number;
  /** Names of the attributes that belong to a key frame, not to the track. */
  changing: ReadonlySet<string>;
  suggested: Suggested;
}

export function applied({ tracks, before, after, frame, changing, suggested }: Changed): Track[] {
  const was = new Map(before.map((mark) => [mark.id!, mark]));
  const now = new Map(after.map((mark) => [mark.id ?? "", mark]));
  const kept = tracks.flatMap((track): Track[] => {
    const key = keyOfTrack(track);
    const [old, mark] = [was.get(key), now.get(key)];
    if (!old) return [track];
    return !mark ? [] : mark === old ? [track] : [changedTrack({ ...track, id: key }, old, mark, frame, changing)];
  });
  const made = after.filter((mark) => !was.has(mark.id ?? "")).map((mark) => newTrack(mark, frame, changing, suggested));
  return [...kept, ...made];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function changedTrack(track: Track, old: TrackMark, mark: TrackMark, frame: number, changing: ReadonlySet<string>): Track {
  const { own, keyedOnes } = parted(mark.attributes ?? {}, changing);
  const moved = !same(placeOfMark(old), placeOfMark(mark));
  const news = Object.fromEntries(Object.entries(keyedOnes).filter(([name, value]) => !same(value, old.attributes?.[name])));
  const next: Track = { ...track, label: mark.label, attributes: own, group: mark.group, z: mark.z };
  for (const name of ["attributes", "group", "z"] as const) if (next[name] === undefined) delete next[name];
  if (!moved && Object.keys(news).length === 0) return next;
  return keyed(next, frame, { ...(moved ? placeOfMark(mark) : {}), ...(Object.keys(news).length > 0 ? { attributes: news } : {}) });
}

function newTrack(mark: TrackMark, frame: number, changing: ReadonlySet<string>, suggested: Suggested): Track {
  const source = suggested.get(mark.id ?? "");
  if (source) return { ...source, id: mark.id!, label: mark.label };
  const { own, keyedOnes } = parted(mark.attributes ?? {}, changing);
  return {
    id: mark.id!, label: mark.label,
    keyframes: [{ frame, ...placeOfMark(mark), ...(Object.keys(keyedOnes).length > 0 ? { attributes: keyedOnes } : {}) }],
    ...(mark.field ? { field: mark.field } : {}), ...(own ? { attributes: own } : {}), ...(mark.group ? { group: mark.group } : {}), ...(mark.z ? { z: mark.z } : {}),
  };
}

function parted(attributes: Record<string, unknown>, changing: ReadonlySet<string>): { own: Record<string, unknown> | undefined; keyedOnes: Record<string, unknown> } {
  const own = Object.entries(attributes).filter(([name]) => !changing.has(name));
  return { own: own.length > 0 ? Object.fromEntries(own) : undefined, keyedOnes: Object.fromEntries(Object.entries(attributes).filter(([name]) => changing.has(name))) };
}
