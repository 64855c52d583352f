/** The figure of a question: a template to begin with, its points and the lines between them, one a line. */
import { Select, Textarea } from "@mantine/core";
import { useState } from "react";
import layout from "../../ui/layout.module.css";
import type { SettingsProps } from "../types";
import { edgesFrom, pointsFrom, TEMPLATES } from "./skeleton";

type Raw = string | { name: string; sigma?: number };
const nameOf = (one: Raw) => (typeof one === "string" ? one : one.name);

export function Settings({ question, onChange }: SettingsProps) {
  const [typed, setTyped] = useState<{ points: string | null; edges: string | null }>({ points: null, edges: null });
  const raw = Array.isArray(question.config.points) ? (question.config.points as Raw[]) : [];
  const names = raw.map(nameOf);
  const pairs = Array.isArray(question.config.edges) ? (question.config.edges as [string, string][]) : [];
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...question.config, ...change } });
  const readPoints = (text: string) => {
    setTyped({ ...typed, points: text });
    const found = pointsFrom(text);
    if (!found) return;
    const spread = new Map(raw.map((one) => [nameOf(one), one]));
    set({ points: found.map((name) => spread.get(name) ?? name), edges: pairs.filter((pair) => pair.every((name) => found.includes(name))) });
  };
  const readEdges = (text: string) => {
    setTyped({ ...typed, edges: text });
    const found = edgesFrom(text, names);
    if (found) set({ edges: found });
  };
  const done = () => setTyped({ points: null, edges: null });
  const shownEdges = typed.edges ?? pairs.map((pair) => pair.join(" - ")).join("\n");
  return (
    <div className={layout.two}>
      <Select
        label="Begin with" placeholder="A figure that is often asked for" value={null} data={TEMPLATES.map((one) => one.title)} style={{ gridColumn: "1 / -1" }}
        onChange={(title) => {
          const template = TEMPLATES.find((one) => one.title === title);
          if (template) set({ points: template.points, edges: template.edges });
          done();
        }}
      />
      <Textarea
        label="Points, one a line, in the order of clicking" autosize minRows={4} maxRows={14} spellCheck={false} value={typed.points ?? names.join("\n")} onBlur={done}
        onChange={(event) => readPoints(event.currentTarget.value)} error={typed.points !== null && !pointsFrom(typed.points) ? "At least one, each with its own name." : undefined}
      />
      <Textarea
        label="Lines between them: point - point" autosize minRows={4} maxRows={14} spellCheck={false} value={shownEdges} onBlur={done}
        onChange={(event) => readEdges(event.currentTarget.value)} error={typed.edges !== null && !edgesFrom(typed.edges, names) ? "Write lines such as “left_knee - left_ankle” with two of the points." : undefined}
      />
    </div>
  );
}
