/** People, projects, questions, policy. Times are Unix seconds, scores 0..1, ids integers. */

export type Role = "owner" | "manager" | "reviewer" | "annotator";
export type Show = "shown" | "on_demand" | "after_first_answer" | "hidden";
export type Status = "new" | "open" | "done" | "skipped";
export type Order = "imported" | "random" | "uncertainty";

export interface UserSettings {
  keymap?: Record<string, string[]>;
  theme?: "light" | "dark" | "auto";
  single_keys?: boolean;
  [name: string]: unknown;
}

export interface User {
  id: number;
  login: string;
  name: string;
  role: Role;
  active: boolean;
  created_at: number;
  settings?: UserSettings;
}

export interface Session {
  user: User;
  csrf: string;
}

export interface Me extends Session {
  memberships: { project_id: number; role: Role }[];
}

export interface ServerStatus {
  version: string;
  needs_setup: boolean;
  signed_in: boolean;
}

export interface Label {
  value: string;
  title?: string;
  color?: string;
  key?: string;
  parent?: string;
  description?: string;
}

export type FieldKind =
  | "text"
  | "image"
  | "chat"
  | "html"
  | "markdown"
  | "audio"
  | "video"
  | "document"
  | "table";

export interface Field {
  name: string;
  kind: FieldKind;
  title?: string;
}

export interface Condition {
  question: string;
  any_of: (string | number)[];
}

export interface Question {
  name: string;
  type: string;
  title?: string;
  help?: string;
  /** The task type's own settings; `labels` is a list of Label in all label-like types. */
  config: Record<string, unknown>;
  field?: string;
  required?: boolean;
  when?: Condition;
  show?: Show;
}

export interface WorkflowStep {
  predictor: string;
  min_score: number;
}

export interface Workflow {
  name: string;
  steps: WorkflowStep[];
}

export interface Policy {
  overlap: number;
  order: Order;
  explore: number;
  blind_share: number;
  show: Show;
  suggest_from: string | null;
  annotators_choose: boolean;
  workflows: Workflow[];
  lease_minutes: number;
  instant_submit: boolean;
  train_every: number;
  window: number;
}

export interface ProjectSpec {
  name: string;
  description: string;
  guidelines: string;
  fields: Field[];
  questions: Question[];
  policy: Policy;
  predictors: Record<string, unknown>[];
}

export interface Counts {
  items: number;
  new: number;
  /** Some answers, fewer than the overlap asks for. */
  open: number;
  done: number;
  skipped: number;
  flagged: number;
  answers: number;
  /** Items with a visible suggestion. */
  suggested: number;
  mine: number;
}

export interface Project {
  id: number;
  spec: ProjectSpec;
  schema_version: number;
  created_at: number;
  archived: boolean;
  my_role: Role;
  counts: Counts;
}
