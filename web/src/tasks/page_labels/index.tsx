/** Labels on the pages of a document: a key labels the page that is looked at, and the next bare one comes up. */
import { useRef } from "react";
import type { Question } from "../../api/types";
import { PageFrame } from "../../media/pages/PageFrame";
import { useViewer } from "../../media/pages/viewer";
import { Note } from "../../ui";
import { count } from "../../ui/format";
import { Chips, countLabels } from "../labels/Chips";
import { labelCommandId } from "../keycaps";
import { filterCommand, labelCommands, useCommands } from "../labels/label-commands";
import { entryOf, labelsOf, visibleSuggestions, type LabelEntry } from "../labels/label-set";
import { LabelStrip } from "../labels/LabelStrip";
import { documentOf } from "../pages/document";
import { pageCommands } from "../pages/page-commands";
import regions from "../regions/regions.module.css";
import type { Command, TaskWidget, WidgetProps } from "../types";
import { has, isPageLabels, labelled, nextBare, toggled, type PageLabel } from "./marks";
import css from "./page-labels.module.css";
import { Settings } from "./Settings";

const NONE: PageLabel[] = [];

function Editor(props: WidgetProps<PageLabel[]>) {
  const document = documentOf(props.question, props.fields, props.item);
  if (!document) return <Note tone="warn">This item has no document in “{props.question.field}”. Skip it (S), or flag it (F).</Note>;
  return <Pages {...props} document={document} />;
}

function Pages({ document, ...props }: WidgetProps<PageLabel[]> & { document: NonNullable<ReturnType<typeof documentOf>> }) {
  const { question, value = NONE, onChange, onActivate, readOnly } = props;
  const viewer = useViewer(document.value, null);
  const labels = labelsOf(question);
  const filter = useRef<HTMLInputElement>(null);
  const multiple = question.config.multiple === true;
  const { page } = viewer;
  const pages = viewer.sizes.length;
  const offered = (visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => isPageLabels(s.value))?.value as PageLabel[] | undefined) ?? NONE;
  const here = value.filter((mark) => mark.page === page);
  const put = (next: PageLabel[], label: string) => onChange(next.length > 0 ? next : undefined, { label });
  const pick = (entry: LabelEntry) => {
    if (readOnly || pages === 0) return;
    const next = toggled(value, { page, label: entry.value }, multiple);
    put(next, `${entry.title} on page ${page + 1}`);
    const bare = nextBare(next, pages, page);
    if (!multiple && next.length > value.length && bare >= 0) viewer.go(bare);
  };
  /** All pages from the last labelled one before this to this one, with its label. */
  const fill = () => {
    const before = [...value].reverse().find((mark) => mark.page < page);
    if (before && !readOnly) put(labelled(value, before.page, page, before.label, multiple), `${before.label} on pages ${before.page + 1} to ${page + 1}`);
  };
  const group = question.title ?? question.name;
  const command = (id: string, title: string, keys: string[], run: () => void, scope: Command["scope"] = "tool"): Command => ({ id: labelCommandId(question, id), title, keys, group, scope, run });
  const seen = offered.filter((mark) => mark.page === page && !has(value, mark));
  useCommands(props, [
    ...labelCommands(question, labels, pick),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    command("next", "Next page without a label", ["J"], () => viewer.go(Math.max(0, nextBare(value, pages, page)))),
    command("fill", "The label before, on all pages up to this one", ["Shift+J"], fill),
    ...(here.length > 0 && !readOnly ? [command("clear", "Take the labels off this page", ["Backspace", "Delete"], () => put(value.filter((mark) => mark.page !== page), "clear the page"))] : []),
    ...pageCommands("page_labels", question, viewer),
  ]);
  const dots = (at: number) => value.filter((mark) => mark.page === at).map((mark) => {
    const { color, title } = entryOf(labels, mark.label);
    return <i key={mark.label} className={css.dot} style={{ background: color }} title={title} />;
  });
  const marked = new Set(value.map((mark) => mark.page)).size;
  return (
    <div className={regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <LabelStrip question={question} active={props.active} labels={labels} armed={here[0]?.label ?? null} readOnly={readOnly} onPick={pick} filterRef={filter} />
        <div className={regions.bar}>
          <div className={regions.what} role="status">
            <strong>Page {page + 1}</strong>
            <Chips question={question} values={here.map((mark) => mark.label)} />
            {seen.length > 0 ? <span className={regions.source}>suggested: {seen.map((mark) => entryOf(labels, mark.label).title).join(", ")}</span> : null}
            <span className={regions.detail}>{count(marked)} of {count(pages)} pages labelled</span>
          </div>
        </div>
      </div>
      <PageFrame viewer={viewer} name={document.name} mark={dots} layer={(at) => (at === page && pages > 1 ? <div className={css.now} aria-hidden /> : null)} />
    </div>
  );
}

function View({ question, value }: { question: Question; value: PageLabel[] }) {
  const counts = countLabels(value);
  return <Chips question={question} values={[...counts.keys()]} counts={counts} />;
}

export const widget: TaskWidget<PageLabel[]> = {
  type: "page_labels",
  place: "field",
  Editor,
  View,
  Settings,
  nothing: (question) => (question.config.every === false ? [] : undefined),
  parts: (s) => (isPageLabels(s.value) ? s.value.map((mark, i) => ({ key: `${s.id}:${i}`, score: s.score, title: mark.label, part: { page: mark.page, label: mark.label } })) : []),
  accept: (value, parts, question) => parts.filter((part): part is PageLabel => isPageLabels([part])).reduce((marks, mark) => (has(marks, mark) ? marks : toggled(marks, mark, question.config.multiple === true)), value ?? []),
  holds: (value, part) => isPageLabels([part]) && has(value ?? [], part as PageLabel),
  isEmpty: (value) => !value || value.length === 0,
  problem: (value, { question, item }) => {
    const pages = (item.data[question.field ?? ""] as { pages?: number } | undefined)?.pages;
    const bare = question.config.every === false || !pages ? -1 : nextBare(value, pages, -1);
    return bare < 0 ? null : `Page ${bare + 1} has no label yet.`;
  },
  stays: true,
};
