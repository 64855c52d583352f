/** Points as they are stored, [x, y] to a tenth of a pixel on the image, and as they are drawn. */
import type { Point, Size } from "../../lib/geometry";
import { tenth } from "./marks";

export type Pair = [number, number];

export const fromPairs = (pairs: readonly Pair[]): Point[] => pairs.map(([x, y]) => ({ x, y }));
export const toPairs = (points: readonly Point[], image: Size): Pair[] =>
  points.map((p) => [tenth(Math.min(Math.max(p.x, 0), image.w)), tenth(Math.min(Math.max(p.y, 0), image.h))]);
export const pathSignature = (label: string, lines: readonly (readonly Pair[])[]): string => `${label}:${lines.map((line) => line.join(" ")).join("|")}`;
