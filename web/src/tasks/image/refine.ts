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

/** What a live tool says; by default the one that outlines things. Throws Error with a sentence where it is not available. */
export async function askTool(item: Item, question: Question, tool: string | undefined, shown: Shown & { page?: number }): Promise<Record<string, unknown> | null> {
  const reply = await api.post<Refined>(`/projects/${item.project_id}/items/${item.id}/refine`, { question: question.name, ...shown, ...(tool ? { tool } : {}) });
  if (!reply.available) throw new Error(reply.reason);
  return reply.thing;
}

export async function refine<M extends Mark>(kind: Kind<M>, item: Item, question: Question, shown: Shown & { page?: number }, tool: string | undefined): Promise<Shape | null> {
  const thing = await askTool(item, question, tool, shown);
  const mark = { ...thing, label: "" };
  if (!thing || !kind.isMark(mark)) return null;
  return kind.shapeOf(mark, question) ?? boxShape(mark as unknown as { x: number; y: number; w: number; h: number });
}
