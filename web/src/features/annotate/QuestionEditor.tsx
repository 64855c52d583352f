/** One question's widget, wired to the desk. */
import { useId, useMemo } from "react";
import { registry } from "../../commands/live";
import type { Question } from "../../api/types";
import { seedOf } from "../../lib/shuffle";
import { widgets } from "../../tasks";
import { Note } from "../../ui";
import { visibleSuggestions } from "./hooks";
import type { Open } from "./logic/state";
import { rowsOf, type Minimum } from "./logic/suggestions";
import { useBench, useDesk } from "./session";

export interface EditorProps {
  question: Question;
  active: boolean;
  onGuideline(label: string | null): void;
}

export function QuestionEditor({ question, active, onGuideline }: EditorProps) {
  const { desk, project, user } = useBench();
  const open = useDesk((s) => s.open) as Open;
  const minimum = useDesk((s) => s.minimum);
  const source = `widget-${useId()}`;
  const widget = widgets[question.type];
  const shown = useShown(open, question, minimum);
  if (!widget) return <Note tone="warn">This version of the page has no widget for “{question.type}” questions. Reload the page.</Note>;
  const { Editor } = widget;
  return (
    <Editor
      item={open.work.item} fields={project.spec.fields} question={question} value={open.values[question.name]}
      onChange={(value, how) => desk.change(question.name, value, how)}
      suggestions={shown.suggestions} rejected={shown.hidden} onReject={(key, how) => desk.reject(key, how?.merge && `${question.name}:${how.merge}`)} minScore={shown.minScore}
      active={active} onActivate={() => desk.activate(question.name)} readOnly={false}
      setCommands={(commands) => registry.set(source, commands)}
      onComplete={() => desk.complete(question.name)} onGuideline={onGuideline} seed={seedOf(user, open.work.item.id, question.name)}
    />
  );
}

/** What the widget draws: visible suggestions, less the rejected parts and those below the minimum of their label. */
function useShown(open: Open, question: Question, minimum: Minimum) {
  const { work, rejected, revealed, first, values } = open;
  return useMemo(() => {
    const suggestions = visibleSuggestions(open, question);
    const widget = widgets[question.type];
    const rows = widget ? rowsOf(question, widget, suggestions, values[question.name], rejected, minimum) : [];
    const below = rows.filter((row) => !row.confident).map((row) => row.key);
    const minScore = Math.min(minimum.overall, ...Object.values(minimum.perLabel));
    return { suggestions, hidden: new Set([...rejected, ...below]), minScore };
    // Of the open item only these parts matter here.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [work.suggestions, work.show, rejected, revealed, first, question, minimum]);
}
