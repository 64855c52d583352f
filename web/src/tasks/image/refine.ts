/** Asks the server what clicks and a box on an image mean. The answer is one thing of the question's kind. */
import { api } from "../../api/client";
import type { Item, Question } from "../../api/types";
import type { Shown } from "../../canvas/click-pen";
import { boxShape, type Shape } from "../../lib/shape";
import type { Kind, Mark } from "./marks";

interface Refined {
  available: boolean;
  thing: Record<string, unknown> | null;
  reason: string;
}

export async function refine<M extends Mark>(kind: Kind<M>, item: Item, question: Question, shown: Shown): Promise<Shape | null> {
  const reply = await api.post<Refined>(`/projects/${item.project_id}/items/${item.id}/refine`, { question: question.name, ...shown });
  if (!reply.available) throw new Error(reply.reason);
  const mark = { ...reply.thing, label: "" };
  if (!reply.thing || !kind.isMark(mark)) return null;
  return kind.shapeOf(mark, question) ?? boxShape(mark as unknown as { x: number; y: number; w: number; h: number });
}
