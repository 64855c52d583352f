/** Shows one field of an item, whatever its kind. Content of users never becomes markup without being cleaned. */
import { lazy, Suspense, useMemo } from "react";
import type { Field } from "../api/types";
import { mediaUrl } from "../api/client";
import { isPicture } from "./look";
import { Note, Skeleton } from "../ui";
import { ChatView, isChat } from "./ChatView";
import { Highlighted } from "./Highlighted";
import { FilmView } from "./film/FilmView";
import { HtmlView } from "./HtmlView";
import { ImageView } from "./ImageView";
import { JsonView } from "./JsonView";
import css from "./media.module.css";
import { isMedia } from "./prefetch";
import { seriesOf } from "./series/series";
import { SoundView } from "./sound/SoundView";
import { TableView } from "./TableView";

const SeriesView = lazy(() => import("./series/SeriesView"));
const Markdown = lazy(() => import("../ui/Markdown"));
const DocumentView = lazy(() => import("./DocumentView"));

export interface FieldViewProps {
  field: Field;
  value: unknown;
  /** Words to mark in text, for search hits. */
  highlight?: string;
}

export function FieldView({ field, value, highlight }: FieldViewProps) {
  if (value === undefined || value === null || value === "") return <p className={css.missing}>Nothing in “{field.title ?? field.name}”.</p>;
  if (isMedia(value)) return <MediaView field={field} value={value} />;
  if (typeof value === "string") return <StringView kind={field.kind} name={field.title ?? field.name} text={value} highlight={highlight} />;
  if (isChat(value)) return <ChatView turns={value} highlight={highlight} />;
  if (field.kind === "table") return <TableOrCurves value={value} name={field.title ?? field.name} />;
  return <JsonView value={value} />;
}

/** With fewer rows than this a series reads better as a table. */
const FEW_ROWS = 20;

function TableOrCurves({ value, name }: { value: unknown; name: string }) {
  const series = useMemo(() => seriesOf(value), [value]);
  if (!series || series.times.length < FEW_ROWS || series.curves.length === 0) return <TableView value={value} />;
  return <Suspense fallback={<Skeleton height={160} />}><SeriesView series={series} name={name} /></Suspense>;
}

function StringView({ kind, name, text, highlight }: { kind: string; name: string; text: string; highlight?: string }) {
  if (kind === "html") return <HtmlView html={text} title={name} />;
  if (kind !== "markdown") return <div className={css.text} dir="auto"><Highlighted text={text} words={highlight} /></div>;
  return (
    <div className={css.prose}>
      <Suspense fallback={<Skeleton height={80} />}><Markdown text={text} /></Suspense>
    </div>
  );
}

function MediaView({ field, value }: { field: Field; value: Parameters<typeof ImageView>[0]["value"] }) {
  if (value.error) return <Note tone="warn">{value.error}</Note>;
  const url = mediaUrl(value.media);
  if (value.mime === "application/pdf") return <Suspense fallback={<Skeleton height={320} />}><DocumentView value={value} name={field.title ?? field.name} /></Suspense>;
  if (isPicture(value)) return <ImageView value={value} name={field.title ?? field.name} />;
  if (value.mime.startsWith("audio/")) return <SoundView key={value.media} value={value} name={field.title ?? field.name} />;
  if (value.mime.startsWith("video/")) return <FilmView key={value.media} value={value} name={field.title ?? field.name} />;
  return <p><a href={url} target="_blank" rel="noreferrer noopener">{value.name ?? "Open the file"}</a> <span className="dim">{value.mime}</span></p>;
}
