/** Items, answers, suggestions, and what travels while someone labels. */

import type { Show, Status } from "./project";

export interface MediaValue {
  media: number;
  mime: string;
  width?: number;
  height?: number;
  name?: string;
  error?: string;
}

export interface ChatTurn {
  role: string;
  content: string;
}

export interface Item {
  id: number;
  project_id: number;
  ord: number;
  key: string | null;
  data: Record<string, unknown>;
  meta: Record<string, unknown>;
  status: Status;
  flagged: boolean;
}

export interface Suggestion {
  id: number;
  item_id: number;
  question: string;
  value: unknown;
  score: number | null;
  reason: string | null;
  source: string;
  version: number;
  run_id: number | null;
}

export interface Annotation {
  id: number;
  item_id: number;
  question: string;
  role: "suggestion" | "answer" | "gold" | "resolution";
  author_kind: "person" | "model";
  author: string;
  value: unknown;
  score: number | null;
  reason: string | null;
  run_id: number | null;
  basis: "unassisted" | "shown" | "blind" | "bulk" | "imported";
  shown: unknown[] | null;
  created_at: number;
  schema_version: number;
  duration?: number;
}

export interface Comment {
  id: number;
  item_id: number;
  user: string;
  text: string;
  created_at: number;
}

export interface Assignment {
  id: number;
  /** Unix seconds. */
  until: number;
  purpose: string;
  odds: number | null;
}

export interface WorkItem {
  item: Item;
  assignment: Assignment;
  suggestions: Suggestion[];
  show: Record<string, Show>;
  draft: { values: Record<string, unknown> } | null;
  previous: Record<string, unknown> | null;
  comments: Comment[];
}

export interface TimeEvent {
  kind: string;
  item_id: number;
  /** Unix milliseconds. */
  at: number;
  data?: Record<string, unknown>;
}

export interface ShownSuggestion {
  id: number;
  value: unknown;
  score: number | null;
  source: string;
  version: number;
}

export interface Submission {
  op_id: string;
  item_id: number;
  assignment_id?: number;
  values: Record<string, unknown>;
  shown: Record<string, ShownSuggestion[]>;
  accepted: Record<string, number | null>;
  keystrokes?: number;
  events: TimeEvent[];
  client_at: number;
  reopen?: boolean;
  schema_version: number;
}

export interface SubmitResult {
  ok: boolean;
  annotations: number[];
  item_status: Status;
  surplus: boolean;
}
