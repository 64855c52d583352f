/**
 * Where the thing of a track is at any frame, and the changes a person makes to its key frames. Pure. The rules between key frames are
 * those of the server (`milo.domain.tracks`); both are held to the cases in `track-cases.json`.
 */

export type Pair = [number, number];
export type Triple = [number, number, 0 | 1 | 2];

/** A place is one of the three; a key frame that is outside may have none. */
export interface Place {
  /** x, y, w, h, and an angle in degrees if it is turned. */
  box?: number[];
  polygon?: Pair[];
  points?: Triple[];
}

export interface Keyframe extends Place {
  frame: number;
  occluded?: boolean;
  outside?: boolean;
  attributes?: Record<string, unknown>;
}

export interface Track {
  label: string;
  keyframes: Keyframe[];
  id?: string;
  field?: string;
  score?: number;
  attributes?: Record<string, unknown>;
  group?: number;
  z?: number;
}

export const hasPlace = (key: Place): boolean => key.box !== undefined || key.polygon !== undefined || key.points !== undefined;
export const placeOf = ({ box, polygon, points }: Place): Place => ({ ...(box ? { box } : {}), ...(polygon ? { polygon } : {}), ...(points ? { points } : {}) });

/** The last key frame at or before a frame; -1 before the first. */
export function keyBefore(keys: readonly Keyframe[], frame: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]!.frame <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export const isKey = (track: Track, frame: number): boolean => track.keyframes[keyBefore(track.keyframes, frame)]?.frame === frame;

/** Where it is, with all that holds there; null where it is not there. */
export function placeAt(track: Track, frame: number): Keyframe | null {
  const state = stateAt(track, frame);
  return state?.outside ? null : state;
}

/** The same, but where it is outside, that key frame; null only before the first. */
export function stateAt(track: Track, frame: number): Keyframe | null {
  const keys = track.keyframes;
  const at = keyBefore(keys, frame);
  if (at < 0) return null;
  const key = keys[at]!;
  const attributes = heldAt(keys, at);
  const later = keys[at + 1];
  if (key.frame === frame || !later || key.outside || !hasPlace(later)) return { ...key, frame, attributes };
  const share = (frame - key.frame) / (later.frame - key.frame);
  return { ...key, frame, attributes, ...between(key, later, share) };
}

function heldAt(keys: readonly Keyframe[], at: number): Record<string, unknown> {
  let held: Record<string, unknown> = {};
  for (let i = 0; i <= at; i++) if (keys[i]!.attributes) held = { ...held, ...keys[i]!.attributes };
  return held;
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

function between(a: Keyframe, b: Keyframe, share: number): Place {
  if (a.box && b.box) return { box: boxBetween(a.box, b.box, share) };
  if (a.polygon && b.polygon) return { polygon: partners(a.polygon, b.polygon).map(([p, q]): Pair => [mix(p[0], q[0], share), mix(p[1], q[1], share)]) };
  if (a.points && b.points && a.points.length === b.points.length) {
    return { points: a.points.map((p, i): Triple => (p[2] && b.points![i]![2] ? [mix(p[0], b.points![i]![0], share), mix(p[1], b.points![i]![1], share), p[2]] : p)) };
  }
  return {};
}

function boxBetween(a: readonly number[], b: readonly number[], share: number): number[] {
  const found = [0, 1, 2, 3].map((i) => mix(a[i]!, b[i]!, share));
  const [start, end] = [a[4] ?? 0, b[4] ?? 0];
  const angle = mod(start + (mod(end - start + 180, 360) - 180) * share, 360);
  return angle ? [...found, angle] : found;
}

const mod = (n: number, by: number): number => ((n % by) + by) % by;

/** The corners of two outlines, matched: one by one, or by their share of the way round where there are more of one. */
function partners(a: readonly Pair[], b: readonly Pair[]): [Pair, Pair][] {
  if (a.length === b.length) return a.map((p, i) => [p, b[i]!]);
  const [first, second] = [shares(a), shares(b)];
  const all = [...new Set([...first, ...second])].sort((x, y) => x - y);
  return all.map((share) => [onOutline(a, first, share), onOutline(b, second, share)]);
}

function shares(points: readonly Pair[]): number[] {
  const lengths = [0];
  points.forEach((p, i) => {
    const q = points[(i + 1) % points.length]!;
    lengths.push(lengths[i]! + Math.hypot(q[0] - p[0], q[1] - p[1]));
  });
  const whole = lengths.pop() || 1;
  return lengths.map((length) => length / whole);
}

function onOutline(points: readonly Pair[], along: readonly number[], share: number): Pair {
  const at = along.findLastIndex((s) => s <= share);
  const [start, end] = [along[at]!, along[at + 1] ?? 1];
  const [p, q] = [points[at]!, points[(at + 1) % points.length]!];
  const rest = end > start ? (share - start) / (end - start) : 0;
  return [mix(p[0], q[0], rest), mix(p[1], q[1], rest)];
}

/** The frames at which it is there, as [first, end). */
export function stretches(track: Track, frames: number): [number, number][] {
  const found: [number, number][] = [];
  let start: number | null = null;
  for (const key of track.keyframes) {
    if (key.outside && start !== null) {
      found.push([start, key.frame]);
      start = null;
    } else if (!key.outside && start === null) start = key.frame;
  }
  return start === null ? found : [...found, [start, Math.max(frames, start + 1)]];
}

function sorted(track: Track, keyframes: readonly Keyframe[]): Track {
  return { ...track, keyframes: [...keyframes].sort((a, b) => a.frame - b.frame) };
}

/** With what changes at a frame; a key frame is made there if there is none. Before the first, it begins there. */
export function keyed(track: Track, frame: number, change: Partial<Omit<Keyframe, "frame">>): Track {
  const own = track.keyframes.find((key) => key.frame === frame);
  const state = own ?? stateAt(track, frame) ?? { ...track.keyframes[0]!, attributes: undefined };
  const kept = own ? own.attributes : undefined;
  const { attributes: _, ...place } = state;
  const attributes = change.attributes ? { ...kept, ...change.attributes } : kept;
  const { attributes: __, ...rest } = change;
  const made = lean({ ...place, ...rest, frame, attributes });
  return sorted(track, [...track.keyframes.filter((key) => key.frame !== frame), made]);
}

/** Without what says nothing. */
function lean(key: Keyframe): Keyframe {
  const { occluded, outside, attributes, ...rest } = key;
  return { ...rest, ...(occluded && !outside ? { occluded } : {}), ...(outside ? { outside } : {}), ...(attributes && Object.keys(attributes).length > 0 ? { attributes } : {}) };
}

/** Without the key frame at a frame; null where nothing of the track would be left. What changed there goes on to hold after it. */
export function unkeyed(track: Track, frame: number): Track | null {
  const at = track.keyframes.findIndex((key) => key.frame === frame);
  if (at < 0) return track;
  const rest = track.keyframes.filter((key) => key.frame !== frame);
  while (rest[0]?.outside) rest.shift();
  return rest.length > 0 ? { ...track, keyframes: rest } : null;
}

/** The next (or previous) key frame from a frame. */
export function nextKey(track: Track, frame: number, by: 1 | -1): number | null {
  const frames = track.keyframes.map((key) => key.frame);
  return (by > 0 ? frames.find((f) => f > frame) : frames.findLast((f) => f < frame)) ?? null;
}

/** The track before a frame, and from it on; null where one of them would never be there. */
export function split(track: Track, frame: number, id: string): [Track, Track] | null {
  const state = stateAt(track, frame);
  const first = track.keyframes.filter((key) => key.frame < frame);
  const later = track.keyframes.filter((key) => key.frame > frame);
  const second = state && !state.outside ? [lean(state), ...later] : fromFirstSeen(track, frame);
  if (!state || !first.some((key) => !key.outside) || second.length === 0) return null;
  if (!first.at(-1)!.outside) first.push(lean({ ...state, outside: true, attributes: undefined }));
  return [{ ...track, keyframes: first }, { ...track, id, keyframes: second }];
}

function fromFirstSeen(track: Track, frame: number): Keyframe[] {
  const at = track.keyframes.findIndex((key) => key.frame >= frame && !key.outside);
  return at < 0 ? [] : [lean({ ...track.keyframes[at]!, attributes: heldAt(track.keyframes, at) }), ...track.keyframes.slice(at + 1)];
}

const kindOf = (track: Track): string => Object.keys(placeOf(track.keyframes.find(hasPlace) ?? {})).join();

/** One track of two that show one thing; null where they have places of different kinds. Label, id and attributes are the first one's. */
export function joined(a: Track, b: Track): Track | null {
  if (kindOf(a) !== kindOf(b)) return null;
  const found = new Map<number, Keyframe>();
  for (const [track, other] of [[a, b], [b, a]] as const) {
    for (const key of track.keyframes) {
      if (key.outside && placeAt(other, key.frame)) continue;
      const there = found.get(key.frame);
      if (!there || (there.outside && !key.outside)) found.set(key.frame, key);
    }
  }
  return sorted(a, [...found.values()]);
}
