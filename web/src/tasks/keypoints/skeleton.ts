/** The points of a question's figure and the lines between them, and figures that are often asked for. */
import type { Question } from "../../api/types";

export interface Skeleton {
  names: readonly string[];
  edges: readonly (readonly [number, number])[];
}

type RawPoint = string | { name: string; title?: string };
const known = new WeakMap<object, Skeleton>();

export function skeletonOf(question: Question): Skeleton {
  const { config } = question;
  const made = known.get(config);
  if (made) return made;
  const raw = Array.isArray(config.points) ? (config.points as RawPoint[]) : [];
  const ids = raw.map((one) => (typeof one === "string" ? one : one.name));
  const names = raw.map((one) => (typeof one === "string" ? one : (one.title ?? one.name)).replaceAll("_", " "));
  const pairs = Array.isArray(config.edges) ? (config.edges as [string, string][]) : [];
  const edges = pairs.map(([a, b]) => [ids.indexOf(a), ids.indexOf(b)] as const).filter(([a, b]) => a >= 0 && b >= 0);
  const skeleton = { names, edges };
  known.set(config, skeleton);
  return skeleton;
}

export interface Template {
  title: string;
  points: { name: string; sigma: number }[];
  edges: [string, string][];
}

const points = (text: string): Template["points"] =>
  text.split(" ").map((one) => {
    const [name, sigma] = one.split(":");
    return { name: name!, sigma: Number(sigma ?? 0.05) };
  });
const edges = (text: string): Template["edges"] => text.split(" ").map((pair) => pair.split("-") as [string, string]);
const FINGERS = ["thumb", "index", "middle", "ring", "little"];

/** The spread (sigma) of the person's points is that of the COCO data set. */
export const TEMPLATES: readonly Template[] = [
  {
    title: "Person, 17 points as in COCO",
    points: points("nose:0.026 left_eye:0.025 right_eye:0.025 left_ear:0.035 right_ear:0.035 left_shoulder:0.079 right_shoulder:0.079 left_elbow:0.072 right_elbow:0.072 left_wrist:0.062 right_wrist:0.062 left_hip:0.107 right_hip:0.107 left_knee:0.087 right_knee:0.087 left_ankle:0.089 right_ankle:0.089"),
    edges: edges("left_ankle-left_knee left_knee-left_hip right_ankle-right_knee right_knee-right_hip left_hip-right_hip left_shoulder-left_hip right_shoulder-right_hip left_shoulder-right_shoulder left_shoulder-left_elbow right_shoulder-right_elbow left_elbow-left_wrist right_elbow-right_wrist left_eye-right_eye nose-left_eye nose-right_eye left_eye-left_ear right_eye-right_ear left_ear-left_shoulder right_ear-right_shoulder"),
  },
  { title: "Face, 5 points", points: points("left_eye:0.03 right_eye:0.03 nose:0.03 left_mouth:0.03 right_mouth:0.03"), edges: edges("left_eye-nose right_eye-nose nose-left_mouth nose-right_mouth left_mouth-right_mouth") },
  {
    title: "Hand, 21 points",
    points: [{ name: "wrist", sigma: 0.03 }, ...FINGERS.flatMap((finger) => [1, 2, 3, 4].map((n) => ({ name: `${finger}_${n}`, sigma: 0.03 })))],
    edges: FINGERS.flatMap((finger): Template["edges"] => [["wrist", `${finger}_1`], [`${finger}_1`, `${finger}_2`], [`${finger}_2`, `${finger}_3`], [`${finger}_3`, `${finger}_4`]]),
  },
  {
    title: "Animal on four legs, 17 points",
    points: points("left_eye:0.03 right_eye:0.03 nose:0.03 neck:0.08 tail_root:0.08 left_shoulder:0.08 left_elbow:0.08 left_front_paw:0.08 right_shoulder:0.08 right_elbow:0.08 right_front_paw:0.08 left_hip:0.08 left_knee:0.08 left_back_paw:0.08 right_hip:0.08 right_knee:0.08 right_back_paw:0.08"),
    edges: edges("left_eye-right_eye left_eye-nose right_eye-nose nose-neck neck-tail_root neck-left_shoulder left_shoulder-left_elbow left_elbow-left_front_paw neck-right_shoulder right_shoulder-right_elbow right_elbow-right_front_paw tail_root-left_hip left_hip-left_knee left_knee-left_back_paw tail_root-right_hip right_hip-right_knee right_knee-right_back_paw"),
  },
];

/** The points in a text, one a line; null where that makes no figure. */
export function pointsFrom(text: string): string[] | null {
  const names = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return names.length > 0 && new Set(names).size === names.length ? names : null;
}

/** The lines in a text, "a - b" each; null where one names no two of the points. */
export function edgesFrom(text: string, names: readonly string[]): [string, string][] | null {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const found = lines.map((line) => line.split(/\s+[-–>]+\s+|\s*,\s*/) as [string, string]);
  return found.every((pair) => pair.length === 2 && pair[0] !== pair[1] && pair.every((name) => names.includes(name))) ? found : null;
}
