/** The shapes of models in the loop: jobs, models, connections, prompts, comparisons and judges. */
import type { Explicit, Given, Narrow, Schemas } from "./narrow";

// Jobs and models

export type JobKind = "judge" | "quality" | "likely_errors" | "near_duplicates" | "import" | "export" | "train" | "suggest" | "index" | "thumbnails" | "bulk" | "compare" | "annotate" | "reproject" | "overlap" | "repeat";
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";
export type Job = Narrow<Schemas["JobView"], { kind: JobKind; state: JobState }>;
export type Run = Narrow<Schemas["RunView"], { kind: "train" | "suggest" | "import" | "annotate" | "repeat" }>;
export type Quality = Schemas["Quality"];
export type CurvePoint = Schemas["CurvePoint"];
export type Model = Narrow<Schemas["ModelView"], { state: "waiting" | "training" | "ready" | "failed"; last_run: Run | null }>;

// Connected language models

export type Budget = Schemas["CompareBudget"];
export type Estimate = Schemas["Estimate"];
export type Selection = Given<Schemas["Selection"], "n" | "item_ids" | "filter" | "again">;
export type RunProgress = Narrow<Schemas["RunProgress"], { state: "running" | "paused" | "done" | "failed" | "cancelled" | "stopped" }>;
export type RunFailure = Schemas["RunError"];
export type Confidence = Schemas["ConfidenceView"];
export type ConfidenceBin = Confidence["bins"][number];
export type Measure = NonNullable<Confidence["ece"]>;

export type Prompt = Schemas["PromptView"];
export type Preview = Schemas["Preview"];
export type Comparison = Narrow<Schemas["ComparisonView"], { job: Job | null }>;
export type CompareReport = Schemas["CompareReport"];
export type ArmReport = Schemas["ArmReport"];
export type ArmView = Schemas["ArmView"];
export type PairReport = Schemas["PairReport"];
export type Figure = Schemas["Figure"];
export type NewComparison = Schemas["NewComparison"];
export type ErrorGroup = Schemas["ErrorGroup"];
export type ErrorGroupView = Schemas["GroupView"];
export type ComparedRow = Schemas["ComparedRow"];
export type ComparedPage = Schemas["ComparedPage"];
export type GuidelineNote = Schemas["NoteView"];
export type NoteDraft = Schemas["NoteDraft"];

// Judges

export type Rubric = Explicit["Rubric"];
export type Criterion = Explicit["Criterion"];
export type Level = Explicit["Level"];
export type RubricView = Schemas["RubricView"];
export type Judge = Schemas["JudgeView"];
export type LiveJudge = Schemas["LiveJudge"];
export type Live = LiveJudge["live"];
export type VerdictView = Schemas["VerdictView"];
export type JudgeAdvice = Schemas["Advice"];
export type JudgeReport = Schemas["JudgeReport"];
export type CriterionReport = Schemas["CriterionReport"];
export type JudgeFigure = Schemas["JudgeFigure"];
export type Verdict = Schemas["Verdict"];
export type CriterionScore = Schemas["CriterionScore"];
export type Changes = Schemas["Changes"];
export type Changed = Schemas["Changed"];
export type JudgingCost = Schemas["JudgingCost"];
export type AuditTask = Schemas["AuditTask"];
/** A connected model. What only owners are told is null for others. */
export type Connection = Schemas["ConnectionView"];
/** A kind of server that can be connected. */
export type Provider = Schemas["ProviderView"];
/** What the last test of a connected model found. */
export type Probe = Schemas["ProbeView"];
export type ProbeCheck = Schemas["Check"];
export type LedgerLine = Schemas["LedgerLine"];
export type LedgerPage = Schemas["LedgerPage"];
export type LedgerTotal = Schemas["LedgerTotal"];
