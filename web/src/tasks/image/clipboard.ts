/** Things copied from one image to be put onto another of the same project, by a question of the same kind. Kept while the page is open. */
import { overlaps, type Point, type Size } from "../../lib/geometry";
import { part, trimmed } from "../../lib/bitmask";
import { boundsOf, boxShape, movedShape, type Shape } from "../../lib/shape";
import { newId } from "../regions/parts";
import { relationsAmong } from "./many";
import { without, type DrawnMark, type Kind, type Mark } from "./marks";

interface Copied {
  marks: readonly Mark[];
  shapes: readonly Shape[];
  /** Where they come from: on that same picture they are put somewhat aside. */
  from: string;
}

const copied = new Map<string, Copied>();

/** What is in hand for a project and a kind. */
export const inHand = (project: number, type: string): Copied | undefined => copied.get(`${project}/${type}`);

export function takeInHand(project: number, type: string, from: string, marks: readonly Mark[], drawn: readonly DrawnMark[]): void {
  copied.set(`${project}/${type}`, { marks, shapes: drawn.map((one) => one.shape ?? boxShape(one)), from });
}

/** The part of a shape that lies on an image; null where none does. Corners beyond the edge are put onto it when it is stored. */
export function cutTo(shape: Shape, image: Size): Shape | null {
  const on = { x: 0, y: 0, ...image };
  if (shape.kind === "mask") {
    const mask = trimmed(part(shape.mask, on));
    return mask && { kind: "mask", mask };
  }
  const { x, y, w, h } = boundsOf(shape);
  return overlaps({ x, y, w, h }, on) && x < image.w && y < image.h && x + w > 0 && y + h > 0 ? shape : null;
}

export interface Pasting<M extends Mark> {
  kind: Kind<M>;
  question: Parameters<Kind<M>["geometry"]>[2];
  image: Size;
  value: readonly M[];
  /** The labels that the question has, and the one for things with another. */
  labels: ReadonlySet<string>;
  label: string;
  where: Partial<Mark>;
  by: Point;
}

/** Copies of what is in hand as new things; groups get numbers that are not in use, relations among them go along. */
export function pasted<M extends Mark>({ marks, shapes }: Pick<Copied, "marks" | "shapes">, { kind, question, image, value, labels, label, where, by }: Pasting<M>): M[] {
  const ids = new Map(marks.map((mark) => [mark.id ?? "", newId()]));
  const groups = value.reduce((most, mark) => Math.max(most, mark.group ?? 0), 0);
  return marks.flatMap((mark, at) => {
    const shape = shapes[at]!;
    const there = cutTo(by.x === 0 && by.y === 0 ? shape : movedShape(shape, by.x, by.y, image), image);
    const geometry = there && kind.geometry(there, image, question);
    if (!geometry) return [];
    const { field: _, page: __, ...rest } = mark;
    return [without({
      ...(rest as M), ...geometry, ...where, id: ids.get(mark.id ?? "")!, label: labels.has(mark.label) ? mark.label : label,
      group: mark.group === undefined ? undefined : mark.group + groups, relations: relationsAmong(mark, ids),
    } as M)];
  });
}
