/** What table rows and cards are made of: the item in brief, its answers, its suggestion. */
import { IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { thumbUrl } from "../../api/client";
import type { ChatTurn, Field, GridRow, Label, MediaValue, Project, Question } from "../../api/types";
import { LabelChip } from "../../ui";
import { brief, score as scoreText } from "../../ui/format";
import css from "./data.module.css";
import { shortTitle } from "./questionText";

export function isMedia(value: unknown): value is MediaValue {
  return typeof value === "object" && value !== null && "media" in value;
}

const PICTURED: readonly string[] = ["image", "document", "video"];

/** Whether the items of a project have pictures: images, first pages of documents, frames of videos. */
export const hasPictures = (fields: readonly Field[]): boolean => fields.some((field) => PICTURED.includes(field.kind ?? ""));

/** The picture of an item, if it has one. */
export function pictureOf(row: GridRow, fields: readonly Field[]): MediaValue | null {
  for (const field of fields) {
    const value = row.data[field.name];
    if (PICTURED.includes(field.kind ?? "") && isMedia(value)) return value;
  }
  return null;
}

/** The item in one line of text. */
export function textOf(row: GridRow, fields: readonly Field[]): string {
  const parts = fields.filter((field) => field.kind !== "image").map((field) => fieldText(row.data[field.name]));
  return parts.filter(Boolean).join(" · ");
}

function fieldText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (isMedia(value)) return value.name ?? "";
  if (Array.isArray(value) && value.every((turn) => typeof turn === "object" && turn !== null && "content" in turn)) {
    return (value as ChatTurn[]).map((turn) => `${turn.role}: ${turn.content}`).join("  ");
  }
  return brief(value, 300);
}

export function Thumb({ media, size, className }: { media: MediaValue; size: number; className?: string }) {
  const [broken, setBroken] = useState(false);
  if (broken || media.error) return <span className={className} data-broken title={media.error ?? "This picture cannot be shown."}><IconPhotoOff size={18} aria-label="cannot be shown" /></span>;
  return (
    <img
      className={className} src={thumbUrl(media.media, size)} alt={media.name ?? ""} loading="lazy" decoding="async" draggable={false}
      onError={() => setBroken(true)}
    />
  );
}

/** A question as the list needs it: its labels by value, to find colours and titles, and what it is called in brief. */
interface Entry {
  labels: Map<string, { label: Label; index: number }>;
  short: string;
  /** Written in front of values that do not speak for themselves: numbers, and "none". */
  first: boolean;
}

export type LabelBook = Map<string, Entry>;

export function labelBook(project: Project): LabelBook {
  return new Map(project.spec.questions.map((question, at) => [question.name, entryOf(question, at === 0)]));
}

function entryOf(question: Question, first: boolean): Entry {
  const raw = Array.isArray(question.config.labels) ? (question.config.labels as (Label | string)[]) : [];
  const labels = raw.map((entry) => (typeof entry === "string" ? { value: entry } : entry));
  return { labels: new Map(labels.map((label, index) => [label.value, { label, index }])), short: shortTitle(question), first };
}

export interface ChipProps {
  book: LabelBook;
  question: string;
  value: string;
  score?: number | null;
  /** Say the question in any case. */
  named?: boolean;
}

export function Chip({ book, question, value, score, named = false }: ChipProps) {
  const entry = book.get(question);
  const known = entry?.labels.get(value);
  const variant = score === undefined ? "solid" : "dashed";
  const text = known ? (known.label.title ?? value) : value;
  const speaks = known !== undefined || entry === undefined || (book.size === 1 && !/^-?\d+$/.test(value));
  const title = named || !speaks ? `${entry?.short ?? question}: ${text}` : text;
  return <LabelChip label={{ value, color: known?.label.color, title }} index={known?.index ?? 10} variant={variant} score={score} />;
}

/** An answer that says there is nothing to mark; quiet, because it is no label. */
function None({ book, question, score }: Omit<ChipProps, "value">) {
  const short = book.get(question)?.short ?? question;
  const text = book.size > 1 ? `${short}: none` : "none";
  return (
    <span className={css.none} data-dashed={score !== undefined || undefined} title={`${short}: nothing to mark`}>
      {text} {score === undefined ? "" : scoreText(score)}
    </span>
  );
}

export function Answers({ row, book }: { row: GridRow; book: LabelBook }) {
  const chips = inOrder(row, book).flatMap(([question, labels]) => (labels.length === 0 ? [null] : labels).map((label) => ({ question, label })));
  return (
    <div className={css.chips}>
      {chips.slice(0, 6).map(({ question, label }, at) =>
        label === null ? (
          <None key={`${question}:${at}`} book={book} question={question} />
        ) : (
          <Chip key={`${question}:${label}:${at}`} book={book} question={question} value={label} />
        ),
      )}
      {chips.length > 6 ? <span className="dim">+{chips.length - 6}</span> : null}
    </div>
  );
}

/** The answers in the order of the questions, those to questions of the past last. */
function inOrder(row: GridRow, book: LabelBook): [string, string[]][] {
  const places = [...book.keys()];
  const place = (question: string) => (book.has(question) ? places.indexOf(question) : places.length);
  return Object.entries(row.answers).sort(([a], [b]) => place(a) - place(b));
}

export function SuggestionChip({ row, book }: { row: GridRow; book: LabelBook }) {
  const { suggestion } = row;
  if (!suggestion) return null;
  const { question, score } = suggestion;
  const named = book.get(question)?.first === false;
  if (!Array.isArray(suggestion.value)) return <Chip book={book} question={question} value={brief(suggestion.value, 60)} score={score} named={named} />;
  const labels = labelsIn(suggestion.value);
  if (labels.length === 0) return <None book={book} question={question} score={score} />;
  return (
    <>
      {labels.slice(0, 3).map((label, at) => (
        <Chip key={label} book={book} question={question} value={label} score={at === 0 ? score : null} named={named && at === 0} />
      ))}
      {labels.length > 3 ? <span className="dim">+{labels.length - 3}</span> : null}
    </>
  );
}

/** The distinct labels of a list of labels or of regions. */
function labelsIn(list: readonly unknown[]): string[] {
  const labels = list.map((entry) => (typeof entry === "string" ? entry : ((entry as { label?: string } | null)?.label ?? brief(entry, 40))));
  return [...new Set(labels)];
}
