/** Which live tool outlines things by clicks: the one that comes along, or a model that the owner registered. Remembered on this machine. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { LiveTool, Question } from "../../api/types";
import css from "./image.module.css";

const STORED = "milo.outliner";

export interface Outliner {
  /** The tool to ask; undefined: the one that comes along. */
  tool: string | undefined;
  /** The registered models there are to choose from. */
  choices: readonly string[];
  choose(tool: string | undefined): void;
}

const stored = (): string | undefined => {
  try {
    return localStorage.getItem(STORED) ?? undefined;
  } catch {
    return undefined;
  }
};

export function useOutliner(project: number, question: Question, wanted: boolean): Outliner {
  const [picked, pick] = useState(stored);
  const found = useQuery({
    queryKey: ["live-tools", project, question.name],
    queryFn: () => api.get<LiveTool[]>(`/projects/${project}/live-tools?question=${encodeURIComponent(question.name)}`),
    enabled: wanted, retry: false, staleTime: 60_000,
  });
  const choices = (found.data ?? []).filter((one) => one.own).map((one) => one.name);
  const choose = (tool: string | undefined) => {
    pick(tool);
    try {
      if (tool) localStorage.setItem(STORED, tool);
      else localStorage.removeItem(STORED);
    } catch {
      // Without storage it is remembered until the page closes.
    }
  };
  return { tool: picked && choices.includes(picked) ? picked : undefined, choices, choose };
}

/** Shown only where there is a choice. */
export function OutlinerPicker({ outliner }: { outliner: Outliner }) {
  if (outliner.choices.length === 0) return null;
  return (
    <select className={css.outliner} aria-label="Outline with" value={outliner.tool ?? ""} onChange={(event) => outliner.choose(event.currentTarget.value || undefined)}>
      <option value="">GrabCut</option>
      {outliner.choices.map((name) => (
        <option key={name} value={name}>{name}</option>
      ))}
    </select>
  );
}
