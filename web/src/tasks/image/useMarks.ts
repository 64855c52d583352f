/** Everything the editor of things on an image derives from its props: the image, what is drawn, in which colours. */
import { useCallback, useMemo } from "react";
import type { Field, MediaValue, Question } from "../../api/types";
import { isMedia } from "../../media/prefetch";
import { resolveColor } from "../../ui/labelColor";
import { useTheme } from "../../ui/useTheme";
import { entryOf, labelsOf, type LabelEntry } from "../labels/label-set";
import { openParts, type RegionPart } from "../regions/parts";
import type { WidgetProps } from "../types";
import { Drawer, type DrawnMark, type Kind, type Mark } from "./marks";
import { thingParts } from "./related";

/** The field that such a question marks: the one it names, else the first image. */
export const imageField = (question: Question, fields: readonly Field[]): Field | undefined =>
  fields.find((field) => field.name === question.field) ?? fields.find((field) => field.kind === "image");

export const mediaOf = (value: unknown): MediaValue | null => (isMedia(value) ? value : null);

export interface Marks<M extends Mark> {
  field: Field | undefined;
  media: MediaValue | null;
  labels: readonly LabelEntry[];
  value: readonly M[];
  open: readonly RegionPart<M>[];
  /** All there is, in drawing order: suggestions under what people drew, higher depths last. */
  drawn: readonly DrawnMark[];
  theme: string;
}

const nothing: readonly never[] = [];

export function useMarks<M extends Mark>(kind: Kind<M>, props: WidgetProps<M[]>, page: number): Marks<M> {
  const { question, fields, item, suggestions, rejected, minScore } = props;
  const field = imageField(question, fields);
  const media = field ? item.data[field.name] : undefined;
  const labels = labelsOf(question);
  const theme = useTheme();
  const here = useCallback((one: Mark) => (one.field === undefined || one.field === field?.name) && (one.page ?? 0) === page, [field?.name, page]);
  const value = useMemo(() => (props.value ?? nothing).filter(here), [props.value, here]);
  const drawer = useMemo(() => new Drawer(kind, question, (label) => looksOf(labels, label, theme)), [kind, question, labels, theme]);
  const parts = useMemo(() => suggestions.flatMap((s) => thingParts(kind, s)).filter(({ part }) => here(part)), [kind, suggestions, here]);
  const open = useMemo(() => openParts(parts, value, rejected, minScore, kind.signature), [kind, parts, value, rejected, minScore]);
  const drawn = useMemo(() => {
    const all = [...open.map((p) => drawer.ofPart(p)), ...value.map((b) => drawer.ofMark(b))].filter((one) => one !== null);
    return all.some((one) => one.z !== 0) ? all.sort((a, b) => a.z - b.z) : all;
  }, [value, open, drawer]);
  return { field, media: mediaOf(media), labels, value, open, drawn, theme };
}

/** Title and colour of a label; the colour is looked up in the present theme, because a canvas knows no variables. */
export function looksOf(labels: readonly LabelEntry[], label: string, theme: string): { title: string; color: string } {
  const { title, color } = entryOf(labels, label);
  return { title, color: theme ? resolveColor(color) : color };
}
