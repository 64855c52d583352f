/**
 * Every shape that travels between server and browser, under the names that the app uses.
 *
 * The shapes are those of the generated `schema.d.ts`, so that drift from the server does not compile. `Narrow` says more
 * than the schema where the schema is loose: open vocabularies that are plain texts there, and values that depend on the
 * task type. It refuses keys that the server does not send and types that its values cannot have.
 */
import type { PageRun, Word } from "../lib/pages";
import type { Explicit, Given, Narrow, Schemas, Sparse, With } from "./narrow";

export type * from "./types-models";
export type * from "./types-near";
export type * from "./types-trust";

// Projects

export type Waveform = Schemas["Waveform"];
export type Spectrogram = Schemas["Spectrogram"];
export type Pitch = Schemas["Pitch"];
export type Intensity = Schemas["Intensity"];
export type Role = Schemas["MemberRole"]["role"];
export type Policy = Explicit["Policy"];
export type Show = Policy["show"];
export type Order = Policy["order"];
export type Workflow = Explicit["Workflow"];
export type DataRules = Explicit["DataRules"];
export type AssistantPolicy = Explicit["AssistantPolicy"];
export type Allowance = Explicit["Allowance"];
export type BudgetRole = RoleUse["role"];
export type RoleUse = Schemas["RoleUse"];
export type WorkflowStep = Explicit["WorkflowStep"];
export type Condition = Explicit["Condition"];
export type Counts = Schemas["Counts"];
export type Status = "new" | "open" | "done" | "skipped" | "aside";
export type FieldKind = "text" | "image" | "chat" | "html" | "markdown" | "audio" | "video" | "document" | "table";
export type Field = Narrow<Sparse<Explicit["Field"]>, { kind: FieldKind }>;
/** `config` belongs to the task type; in all label-like types its `labels` is a list of Label. */
export type Question = Narrow<Given<Sparse<Explicit["Question"]>, "required" | "subjective">, { show?: Show }>;
export type ProjectSpec = With<Schemas["ProjectSpecFull"], { fields: Field[]; questions: Question[] }>;
export type Project = With<Schemas["ProjectView"], { spec: ProjectSpec }>;
export type Recipe = With<Schemas["RecipeView"], { spec: ProjectSpec }>;
export type Kinds = Schemas["Kinds"];

/** A label in the configuration of a question; the schema knows only that a configuration is an object. */
export interface Label {
  value: string;
  title?: string;
  color?: string;
  key?: string;
  parent?: string;
  description?: string;
}

// People

/** What the browser keeps with the account; to the server it is any object. */
export interface UserSettings {
  keymap?: Record<string, string[]>;
  theme?: "light" | "dark" | "auto";
  single_keys?: boolean;
  [name: string]: unknown;
}

export type User = Schemas["Account"] & { settings?: UserSettings };
export type Session = Narrow<Schemas["Session"], { user: Narrow<Schemas["OwnAccount"], { settings: UserSettings }> }>;
export type Me = Narrow<Schemas["Me"], { user: Session["user"] }>;
export type Member = Schemas["Member"];
export type Token = Schemas["Token"];
export type ServerStatus = Schemas["Status"];

// Items and annotations

/** The value of a field that holds a file; fields are of any kind to the schema. */
export interface MediaValue {
  media: number;
  mime: string;
  width?: number;
  height?: number;
  name?: string;
  error?: string;
  /** Of an image that is not shown as it is: as a picture made of each page, or in tiles. */
  view?: "page" | "tiles";
  /** Of grey with many levels: those that are black and white at first, and the lowest and highest there are. */
  window?: [number, number];
  range?: [number, number];
  /** Of audio and video, seconds. */
  duration?: number;
  /** Of audio: samples a second, and channels. */
  rate?: number;
  channels?: number;
  /** Of video: how many frames there are, how many a second on average, and whether their pace changes. */
  frames?: number;
  fps?: number;
  variable?: boolean;
  /** Of documents. */
  pages?: number;
}

/** The words of a page of a document; `withheld`, and why, on an item where what a machine reads is not shown. */
export type PageWords = With<Schemas["ReadWords"], { words?: Word[] }>;

/** A place where a text stands: one [x, y, w, h] for each line. */
export type TextHit = With<Schemas["TextHit"], { places: (readonly [number, number, number, number])[] }>;
export type PageRuns = With<Schemas["Pages"], { sizes: PageRun[] }>;

/** A call of a tool inside a turn, as most providers write it. */
export interface ToolCall {
  id?: string;
  function?: { name?: string; arguments?: unknown };
  name?: string;
  arguments?: unknown;
}

/** One turn in the value of a chat field. The content may be a text, a list of parts ({"type": "text", "text"}), or nothing beside calls of tools. */
export interface ChatTurn {
  role: string;
  content?: unknown;
  name?: string;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
}

type Fields = Record<string, unknown>;
/** The visible text of a field, its lines and its styles; offsets in code points. */
export type Reading = Schemas["Reading"];
export type Item = Narrow<Schemas["ItemView"], { data: Fields; meta: Fields; status: Status }>;
export type Suggestion = Schemas["SuggestionView"];
export type Comment = Schemas["CommentView"];
export type Annotation = Narrow<
  Schemas["AnnotationView"],
  {
    role: "suggestion" | "answer" | "gold" | "resolution";
    author_kind: "person" | "model";
    basis: "unassisted" | "shown" | "blind" | "bulk" | "imported" | "planted";
    shown: unknown[] | null;
  }
>;
export type HistoryEvent = Narrow<Schemas["EventView"], { data: Fields }>;
export type ItemDetail = Narrow<Schemas["ItemDetail"], { item: Item; annotations: Annotation[]; history: HistoryEvent[] }>;

// Work

export type Assignment = Schemas["AssignmentView"];
/** A case for a reviewer: answers side by side, and why they are looked at. */
export type ReviewCase = Narrow<Schemas["CaseView"], { item: Item }>;
export type ReviewAnswer = Schemas["GivenView"];
export type ReviewSummary = Schemas["ReviewSummary"];
export type ReviewKind = ReviewCase["kind"];
export type WorkItem = Narrow<Given<Schemas["WorkItem"], "allowed" | "returned">, { item: Item; show: Record<string, Show> }>;
export type SubmitResult = Narrow<Schemas["Outcome"], { item_status: Status }>;

/** Events and shown suggestions are recorded as they come; the schema leaves them open. */
export type TimeEvent = {
  kind: string;
  item_id: number;
  /** Unix milliseconds. */
  at: number;
  data?: Record<string, unknown>;
};

/** `kind` is what the assistant was asked for; what it proposed or said has the exchange's number as id, less than 0. */
export type ShownSuggestion = Pick<Suggestion, "id" | "value" | "score" | "source" | "version"> & { kind?: AssistKind | "judge" };

export type Submission = Narrow<
  Given<Schemas["Submission"], "assignment_id" | "keystrokes" | "reopen">,
  { shown: Record<string, ShownSuggestion[]>; events: TimeEvent[]; client_at: number; assignment_id?: number; keystrokes?: number }
>;

export type CandidatesView = Schemas["CandidatesView"];
export type AssistantView = Schemas["AssistantView"];
export type AssistKind = Schemas["Asked"]["kind"];

// The data page

export interface Page<T> {
  rows: T[];
  total: number;
}

export type GridRow = Narrow<Schemas["GridRow"], { status: Status }>;
export type Facets = Schemas["Facets"];
export type ExportReport = Schemas["ExportReport"];
export type BulkEntry = Schemas["BulkLine"];
export type BulkAcceptResult = Schemas["BulkResult"];
/** A label for many items is never a trial, so that it always has a number. */
export type SetAside = Schemas["SetAside"];
export type BulkLabelResult = Narrow<Schemas["BulkResult"], { bulk: number }>;
export type Histogram = Schemas["Histogram"];

// Imports

export type BadRow = Schemas["milo.api.routes.imports.BadLine"];
/** A column that holds labels for a question. */
export type LabelColumn = Sparse<Schemas["LabelColumn"]>;
export type Mapping = With<Given<Schemas["Mapping"], "labels">, { labels?: Record<string, LabelColumn> }>;
/** A column of answers of a data set, and what would make the project take it. */
export type DataSetOffer = With<Schemas["OfferView"], { change: Question | null }>;
export type ImportPreview = With<Schemas["PreviewReply"], { mapping: Mapping; offers: DataSetOffer[] }>;

/** What an import job leaves as its result; results differ by kind of job. */
export interface ImportResult {
  added: number;
  repeated: number;
  equal: number;
  bad: number;
  bad_rows: BadRow[];
}
