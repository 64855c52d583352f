/** For tests: mounts one widget with its state, and presses keys as the workbench would. */
import { act, render } from "@testing-library/react";
import { useState } from "react";
import type { Item, Question, Suggestion } from "../api/types";
import { widgets, type Command, type WidgetProps } from "./index";

const NONE: Suggestion[] = [];
const EMPTY: ReadonlySet<string> = new Set();

export const itemWith = (data: Record<string, unknown>): Item => ({ id: 1, project_id: 1, ord: 1, key: null, meta: {}, status: "new", flagged: false, readings: {}, data });
export const questionOf = (type: string, config: Record<string, unknown>): Question => ({ name: "q", type, config });
export const suggestionOf = (value: unknown, score: number | null = 0.8, id = 7): Suggestion => ({ id, item_id: 1, question: "q", value, score, reason: null, source: "m", version: 1, run_id: 1 });

export function stage(question: Question, more: Partial<WidgetProps> = {}) {
  const seen = { value: undefined as unknown, commands: [] as Command[], completed: 0, rejected: [] as string[] };
  const { Editor } = widgets[question.type]!;
  function Holder() {
    const [value, setValue] = useState<unknown>(more.value);
    seen.value = value;
    return (
      <Editor
        item={itemWith({})} fields={[]} question={question} suggestions={NONE} rejected={EMPTY} minScore={0} active readOnly={false} seed="1"
        onReject={(keys) => seen.rejected.push(...[keys].flat())} onActivate={() => undefined} setCommands={(list) => (seen.commands = list)}
        onComplete={() => (seen.completed += 1)} onGuideline={() => undefined} {...more} value={value} onChange={setValue}
      />
    );
  }
  render(<Holder />);
  const press = (key: string) => {
    const command = seen.commands.find((c) => c.keys.includes(key) && c.enabled !== false);
    if (!command) throw new Error(`No command for ${key}; there are ${seen.commands.map((c) => c.keys.join("/")).join(" ")}.`);
    act(() => command.run());
  };
  return { seen, press };
}
