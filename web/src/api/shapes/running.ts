/** Jobs, imports, data grid, models. */

import type { ProjectSpec } from "./project";
import type { Annotation, Comment, Item } from "./work";

export type JobKind = "import" | "export" | "train" | "suggest" | "index" | "thumbnails" | "bulk";
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  id: number;
  project_id: number | null;
  kind: JobKind;
  state: JobState;
  done: number;
  total: number | null;
  /** Units per second. */
  rate: number | null;
  /** Seconds left. */
  eta: number | null;
  message: string;
  error: string | null;
  result: Record<string, unknown> | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
}

export interface Page<T> {
  rows: T[];
  total: number;
}

export interface GridRow extends Item {
  /** Set where text fields were cut to 300 characters. */
  cut?: boolean;
  answers: Record<string, string[]>;
  n_answers: number;
  suggestion: { question: string; value: unknown; score: number | null; source: string } | null;
  similarity?: number | null;
}

export interface HistoryEvent {
  id: number;
  kind: string;
  at: number;
  user: string | null;
  data: Record<string, unknown>;
}

export interface ItemDetail {
  item: Item;
  annotations: Annotation[];
  comments: Comment[];
  history: HistoryEvent[];
}

export interface Facets {
  status: Record<string, number>;
  labels: Record<string, Record<string, number>>;
  authors: Record<string, number>;
  meta: Record<string, Record<string, number>>;
}

export interface BadRow {
  line: number | null;
  source?: string;
  reason: string;
  raw?: string;
}

/** A column that holds labels for a question. */
export interface LabelColumn {
  column: string;
  role: "answer" | "gold" | "suggestion";
  author?: string;
  score?: string;
}

export interface Mapping {
  fields: Record<string, string>;
  key: string | null;
  meta: string[] | "rest";
  labels?: Record<string, LabelColumn>;
}

export interface ImportPreview {
  format: string;
  columns: string[];
  rows: Record<string, unknown>[];
  bad: BadRow[];
  mapping: Mapping;
  total_bytes: number | null;
  count_estimate: number | null;
}

export interface ImportResult {
  added: number;
  repeated: number;
  equal: number;
  bad: number;
  bad_rows: BadRow[];
}

export interface Kinds {
  task_types: { name: string; title: string; shape: string; field_kinds: string[] }[];
  formats: { name: string; title: string; suffixes: string[]; reads: boolean; writes: boolean }[];
  /** `questions`: those of the project asked about that it can answer. */
  predictors: { name: string; title: string; learns: boolean; questions: string[] }[];
  samplers: { name: string; title: string }[];
}

export interface Recipe {
  name: string;
  title: string;
  summary: string;
  spec: ProjectSpec;
}

export interface Run {
  id: number;
  kind: "train" | "suggest" | "import";
  predictor_id: number | null;
  model: string;
  version: number | null;
  args: Record<string, unknown>;
  state: string;
  active: boolean;
  items: number;
  created_at: number;
  finished_at: number | null;
  info: Record<string, unknown>;
}

export interface Quality {
  n: number;
  correct: number;
  accuracy: number;
  low: number;
  high: number;
  level: number;
}

export interface CurvePoint {
  version: number;
  n_labels: number;
  n: number;
  /** Null: no blind answer yet. */
  accuracy: number | null;
  low: number | null;
  high: number | null;
  at: number;
}

export interface Model {
  id: number;
  name: string;
  plugin: string;
  plugin_title: string;
  question: string;
  config: Record<string, unknown>;
  enabled: boolean;
  learns: boolean;
  state: "waiting" | "training" | "ready" | "failed";
  message: string;
  version: number;
  n_labels: number;
  /** Labels until the next training. */
  next_at: number | null;
  last_run: Run | null;
  quality: Quality | null;
  curve: CurvePoint[];
}

export interface BulkEntry {
  id: number;
  kind: string;
  question: string;
  n: number;
  at: number;
  by: string;
  undone: boolean;
}

export interface BulkAcceptResult {
  bulk: number | null;
  changed: number;
  by_label: Record<string, number>;
  examples: number[];
  skipped_blind: number;
  skipped_lent: number;
}

export interface BulkLabelResult {
  bulk: number;
  changed: number;
  skipped_blind: number;
  skipped_lent: number;
  skipped_answered: number;
}

export interface Histogram {
  bins: { low: number; high: number; n: number }[];
  labels: Record<string, { n: number; bins: number[] }>;
}

export interface Token {
  id: number;
  name: string;
  created_at: number;
  last_used_at: number | null;
}
