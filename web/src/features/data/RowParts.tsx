/** What table rows and cards are made of: the item in brief, its answers, its suggestion. */
import { useState } from "react";
import { thumbUrl } from "../../api/client";
import type { ChatTurn, Field, GridRow, Label, MediaValue, Project } from "../../api/types";
import { LabelChip } from "../../ui";
import { brief } from "../../ui/format";
import css from "./data.module.css";

export function isMedia(value: unknown): value is MediaValue {
  return typeof value === "object" && value !== null && "media" in value;
}

/** The picture of an item, if it has one. */
export function pictureOf(row: GridRow, fields: readonly Field[]): MediaValue | null {
  for (const field of fields) {
    const value = row.data[field.name];
    if (field.kind === "image" && isMedia(value)) return value;
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
  if (broken || media.error) return <span className={className} title={media.error ?? "This picture cannot be shown."} />;
  return (
    <img
      className={className} src={thumbUrl(media.media, size)} alt={media.name ?? ""} loading="lazy" decoding="async" draggable={false}
      onError={() => setBroken(true)}
    />
  );
}

/** Labels of a question with their place, to find colours and titles. */
export type LabelBook = Map<string, Map<string, { label: Label; index: number }>>;

export function labelBook(project: Project): LabelBook {
  return new Map(
    project.spec.questions.map((question) => {
      const raw = Array.isArray(question.config.labels) ? (question.config.labels as (Label | string)[]) : [];
      const labels = raw.map((entry) => (typeof entry === "string" ? { value: entry } : entry));
      return [question.name, new Map(labels.map((label, index) => [label.value, { label, index }]))];
    }),
  );
}

export function Chip({ book, question, value, score }: { book: LabelBook; question: string; value: string; score?: number | null }) {
  const known = book.get(question)?.get(value);
  const variant = score === undefined ? "solid" : "dashed";
  return <LabelChip label={known?.label ?? { value }} index={known?.index ?? 10} variant={variant} score={score} />;
}

export function Answers({ row, book }: { row: GridRow; book: LabelBook }) {
  const chips = Object.entries(row.answers).flatMap(([question, labels]) => labels.map((label) => ({ question, label })));
  return (
    <div className={css.chips}>
      {chips.slice(0, 6).map(({ question, label }, at) => (
        <Chip key={`${question}:${label}:${at}`} book={book} question={question} value={label} />
      ))}
      {chips.length > 6 ? <span className="dim">+{chips.length - 6}</span> : null}
    </div>
  );
}

export function SuggestionChip({ row, book }: { row: GridRow; book: LabelBook }) {
  const { suggestion } = row;
  if (!suggestion) return null;
  const value = Array.isArray(suggestion.value) ? listText(suggestion.value) : brief(suggestion.value, 60);
  return <Chip book={book} question={suggestion.question} value={value} score={suggestion.score} />;
}

function listText(list: unknown[]): string {
  if (list.every((entry) => typeof entry === "string")) return list.join(", ");
  return list.length === 1 ? "1 region" : `${list.length} regions`;
}
