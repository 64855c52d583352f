/** What the server knows about connected language models, as cacheable queries. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import { isOver } from "./queries";
import type { Comparison, Confidence, Connection, GuidelineNote, Prompt, RunProgress } from "./types";

/** The connected models that may be asked; refused for people who manage no project. */
export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: () => api.get<Connection[]>("/connections"),
  retry: false,
});

export const promptsQuery = (project: number, model: number) =>
  queryOptions({ queryKey: ["models", project, model, "prompts"], queryFn: () => api.get<Prompt[]>(`/projects/${project}/models/${model}/prompts`) });

export const progressQuery = (project: number, run: number) =>
  queryOptions({
    queryKey: ["runs", project, run, "progress"],
    queryFn: () => api.get<RunProgress>(`/projects/${project}/runs/${run}/progress`),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 1000 : false),
  });

export const confidenceQuery = (project: number, model: number) =>
  queryOptions({ queryKey: ["models", project, model, "confidence"], queryFn: () => api.get<Confidence>(`/projects/${project}/models/${model}/confidence`) });

export const comparisonsQuery = (project: number) =>
  queryOptions({
    queryKey: ["comparisons", project],
    queryFn: () => api.get<Comparison[]>(`/projects/${project}/comparisons`),
    refetchInterval: ({ state }) => (state.data?.some((one) => one.job !== null && !isOver(one.job)) ? 1000 : false),
  });

/** Proposed notes for the guidelines that wait for a decision. */
export const notesQuery = (project: number) =>
  queryOptions({ queryKey: ["notes", project], queryFn: () => api.get<GuidelineNote[]>(`/projects/${project}/notes`) });
