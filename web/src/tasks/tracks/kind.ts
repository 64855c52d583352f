/** Tracks as the editor of things on an image sees them at one frame: each a mark where the thing is there. Pure. */
import type { Question } from "../../api/types";
import type { Shape } from "../../lib/shape";
import { hasPlace, isKey, placeAt, type Keyframe, type Pair, type Place, type Track, type Triple } from "../../lib/track";
import { boxKind } from "../boxes/box";
import { isNamed, tenth, type Kind, type Mark, type ToolSpec } from "../image/marks";
import { figureKind } from "../keypoints";
import { polygonKind } from "../polygons";

export interface TrackMark extends Mark {
  x?: number;
  y?: number;
  w?: number;
  h?: number;
  angle?: number;
  points?: Pair[] | Triple[];
  /** Placed at this very frame. */
  keyed?: boolean;
  occluded?: boolean;
}

const isKeyframe = (value: unknown): value is Keyframe => {
  const key = value as Keyframe | null;
  return typeof key === "object" && key !== null && Number.isInteger(key.frame) && (key.outside === true || hasPlace(key));
};

export function isTrack(value: unknown): value is Track {
  const keys = (value as Track | null)?.keyframes;
  return isNamed(value) && Array.isArray(keys) && keys.length > 0 && keys.every(isKeyframe);
}

/** What two tracks have in common that are the same: label and key frames. */
export const signatureOf = (track: Track): string => `${track.label}:${JSON.stringify(track.keyframes)}`;

const keys = new WeakMap<Track, string>();

/** The id, or what stands for one as long as the track is as it came. */
export function keyOfTrack(track: Track): string {
  if (track.id !== undefined) return track.id;
  let key = keys.get(track);
  if (key === undefined) {
    const [first, last] = [track.keyframes[0]!, track.keyframes.at(-1)!];
    keys.set(track, (key = `${track.label}:${first.frame}:${last.frame}:${JSON.stringify(first.box ?? first.polygon ?? first.points)}`));
  }
  return key;
}

/** The track at a frame; null where it is not there. */
export function markAt(track: Track, frame: number, key = keyOfTrack(track)): TrackMark | null {
  const placed = placeAt(track, frame);
  if (!placed) return null;
  const attributes = { ...track.attributes, ...placed.attributes };
  return {
    id: key, label: track.label, field: track.field, group: track.group, z: track.z, attributes, keyed: isKey(track, frame), occluded: placed.occluded, ...geometryOf(placed),
  };
}

function geometryOf({ box, polygon, points }: Place): Partial<TrackMark> {
  if (box) return { x: box[0], y: box[1], w: box[2], h: box[3], ...(box[4] ? { angle: box[4] } : {}) };
  return { points: polygon ?? points };
}

/** Back from what the editor made of a mark. */
export function placeOfMark(mark: TrackMark): Place {
  const { x, y, w, h, angle, points } = mark;
  if (x !== undefined) return { box: [x, y!, w!, h!, ...(angle ? [angle] : [])].map(tenth) };
  if (points?.[0]?.length === 3) return { points: points as Triple[] };
  return { polygon: (points ?? []) as Pair[] };
}

// Each mark is of one of three kinds, which only know their own.
type AnyKind = Kind<Mark & Record<string, unknown>>;
const kinds = { box: boxKind as unknown as AnyKind, polygon: polygonKind as unknown as AnyKind, points: figureKind as unknown as AnyKind };
const kindOf = (mark: TrackMark): AnyKind => (mark.x !== undefined ? kinds.box : mark.points?.[0]?.length === 3 ? kinds.points : kinds.polygon);
const kindOfShape = (shape: Shape): AnyKind | null => (shape.kind === "box" ? kinds.box : shape.kind === "outline" ? kinds.polygon : shape.kind === "figure" ? kinds.points : null);

export const placesOf = (question: Question): (keyof typeof kinds)[] => {
  const given = question.config.places;
  return Array.isArray(given) && given.length > 0 ? (given.filter((one) => one in kinds) as (keyof typeof kinds)[]) : ["box"];
};

const kept = new Map<string, Kind<TrackMark>>();

/** The kind of a question; the same object for the same places. */
export function trackKind(question: Question): Kind<TrackMark> {
  const places = placesOf(question);
  const known = kept.get(places.join());
  if (known) return known;
  const made: Kind<TrackMark> = {
    type: "tracks",
    unrelated: true,
    noun: "track",
    nouns: "tracks",
    tools: places.map((place): ToolSpec => ({ ...kinds[place].tools[0]!, id: place })),
    isMark: (value): value is TrackMark => isNamed(value) && kindOf(value as TrackMark).isMark(value),
    signature: (mark) => kindOf(mark).signature(mark as never),
    shapeOf: (mark, asked) => kindOf(mark).shapeOf(mark as never, asked),
    geometry: (shape, image, asked) => (kindOfShape(shape)?.geometry(shape, image, asked) ?? null) as Partial<TrackMark> | null,
    inMiddle: (at, side, asked) => kinds[places[0]!].inMiddle(at, side, asked),
    turns: (asked) => asked.config.rotated === true,
    look: (mark) => ({ faint: mark.keyed === false, note: `${mark.keyed ? "◆" : ""}${mark.occluded ? " hidden" : ""}`.trim() || undefined }),
  };
  kept.set(places.join(), made);
  return made;
}
