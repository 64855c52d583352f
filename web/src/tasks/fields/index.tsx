/** A form filled in from a document: choose a field, drag over the words that say it (or type); each value keeps its place on the page. */
import { useRef, useState } from "react";
import type { Question } from "../../api/types";
import type { Rect } from "../../lib/geometry";
import { placesOf, textOf, type Place, type Word } from "../../lib/pages";
import { MarkLayer, type PageMark } from "../../media/pages/MarkLayer";
import { PageFrame } from "../../media/pages/PageFrame";
import { useViewer } from "../../media/pages/viewer";
import { Note } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { labelCommandId } from "../keycaps";
import { andWords, fromWords, partsOf, shown, typed, type Entry, type Part } from "../entries/entries";
import { PartSettings } from "../entries/PartSettings";
import { useCommands } from "../labels/label-commands";
import { documentOf } from "../pages/document";
import { pageCommands } from "../pages/page-commands";
import type { Command, TaskWidget, WidgetProps } from "../types";
import css from "./fields.module.css";
import { FieldRow, FormHint } from "./FieldRow";
import { formParts, holds, isFieldPart, nextOpen, openByField, problemOf, withEntry, type Form, type OpenPart } from "./model";

function Editor(props: WidgetProps<Form>) {
  const document = documentOf(props.question, props.fields, props.item);
  if (!document) return <Note tone="warn">This item has no document in “{props.question.field}”. Skip it (S), or flag it (F).</Note>;
  return <FormEditor {...props} document={document} />;
}

function FormEditor(props: WidgetProps<Form> & { document: NonNullable<ReturnType<typeof documentOf>> }) {
  const { question, value, onChange, onReject, onActivate, onComplete, readOnly, document, item } = props;
  const viewer = useViewer(document.value, document.asker);
  const parts = partsOf(question);
  const controls = useRef(new Map<string, HTMLInputElement>());
  const [chosen, setChosen] = useState<string | null>(null);
  const [shownItem, setShownItem] = useState(item.id);
  if (shownItem !== item.id) {
    setShownItem(item.id);
    setChosen(null);
  }
  const open = openByField(props.suggestions, value, props.rejected, props.minScore);
  const part = parts.find((one) => one.name === chosen);
  const put = (of: Part, entry: Entry | undefined, label: string, merge?: string) => onChange(withEntry(value, of.name, entry), { label: `${of.title}: ${label}`, ...(merge ? { merge } : {}) });
  const reveal = (places: readonly Place[] | undefined) => places?.[0] && viewer.go(places[0].page, places[0]);
  const choose = (of: Part | undefined, focus = true) => {
    setChosen(of?.name ?? null);
    if (!of) return;
    if (focus) controls.current.get(of.name)?.focus();
    reveal(value?.[of.name]?.places ?? open.get(of.name)?.part.entry.places);
  };
  const accept = (one: OpenPart | undefined) => {
    const of = one && parts.find((p) => p.name === one.part.name);
    if (one && of && !readOnly) put(of, one.part.entry, "accept");
  };
  const fill = (page: number, rect: Rect, words: readonly Word[], more: boolean) => {
    const of = part ?? nextOpen(parts, value, parts.at(-1)?.name ?? "");
    if (!of || readOnly) return;
    const before = value?.[of.name];
    const places = question.config.place === "none" ? [] : words.length > 0 ? placesOf(words, page) : [{ page, ...rect }];
    if (words.length === 0) put(of, { ...(before ?? { value: "" }), places: more ? [...(before?.places ?? []), ...places] : places }, "place");
    else if (more && before) put(of, andWords(of, before, textOf(words), places, question), "more words");
    else put(of, fromWords(of, textOf(words), places, question), "words");
    if (!part || words.length === 0) choose(of);
  };
  const group = question.title ?? question.name;
  const offer = part ? open.get(part.name) : undefined;
  const command = (id: string, title: string, keys: string[], run: () => void, scope: Command["scope"] = "label"): Command => ({ id: labelCommandId(question, id), title, keys, group, scope, run });
  useCommands(props, [
    ...parts.flatMap((of) => (of.key ? [command(of.name, of.title, [of.key], () => choose(of))] : [])),
    command("next", "Next open field", ["J"], () => choose(nextOpen(parts, value, chosen ?? parts.at(-1)?.name ?? "")), "tool"),
    ...(part && !readOnly ? [
      command("not-said", "The document does not say it", ["N"], () => put(part, { value: null }, "not said"), "region"),
      command("clear", "Clear the field", ["Delete", "Backspace"], () => put(part, undefined, "clear"), "region"),
      command("leave", "Leave the field", ["Escape"], () => setChosen(null), "region"),
    ] : []),
    ...(offer && !readOnly ? [command("accept", "Accept for this field", ["A"], () => accept(offer), "region"), command("reject", "Reject for this field", ["R"], () => onReject(offer.key), "region")] : []),
    ...pageCommands("fields", question, viewer),
  ]);
  return (
    <div className={css.form} onFocus={onActivate} onPointerDown={onActivate}>
      <PageFrame
        viewer={viewer} name={document.name}
        layer={(page, size, scale) => (
          <MarkLayer
            viewer={viewer} page={page} size={size} scale={scale} marks={marksOn(page, parts, value, open, chosen)} color={part?.color ?? "var(--accent)"} readOnly={readOnly}
            gesture="words" onDrag={fill} onPick={(key) => choose(parts.find((p) => p.name === key))}
          />
        )}
      />
      <section className={css.side} aria-label={group}>
        <FormHint active={part !== undefined} />
        {parts.map((of) => (
          <FieldRow
            key={`${item.id}:${of.name}`} question={question} part={of} entry={value?.[of.name]} offered={open.get(of.name)} active={of.name === chosen} readOnly={readOnly}
            control={(element) => void (element ? controls.current.set(of.name, element) : controls.current.delete(of.name))}
            onFocus={() => choose(of, false)} onType={(text) => put(of, typed(of, value?.[of.name], text, question), "type", `type.${question.name}.${of.name}`)}
            onPick={(picked) => put(of, typed(of, value?.[of.name], picked, question), "choose")}
            onClear={() => put(of, undefined, "clear")} onNotSaid={() => put(of, value?.[of.name]?.value === null ? undefined : { value: null }, "not said")}
            onReveal={() => reveal(value?.[of.name]?.places)} onAccept={() => accept(open.get(of.name))} onReject={() => onReject(open.get(of.name)?.key ?? "")}
            onNext={() => {
              const next = parts[parts.indexOf(of) + 1];
              if (next) choose(next);
              else {
                controls.current.get(of.name)?.blur();
                setChosen(null);
                if (value && problemOf(question, value) === null) onComplete();
              }
            }}
          />
        ))}
      </section>
    </div>
  );
}

/** What lies on a page: the values where they stand, and under them what is suggested. */
function marksOn(page: number, parts: readonly Part[], form: Form | undefined, open: ReadonlyMap<string, OpenPart>, chosen: string | null): PageMark[] {
  const marks: PageMark[] = [];
  for (const part of parts) {
    const offered = open.get(part.name);
    const entry = form?.[part.name];
    const add = (places: readonly Place[] | undefined, title: string, dashed: boolean) => {
      const rects = (places ?? []).filter((place) => place.page === page);
      if (rects.length > 0) marks.push({ key: part.name, rects, color: part.color, title, dashed, selected: part.name === chosen && !dashed });
    };
    if (!entry && offered) add(offered.part.entry.places, offered.score === null ? part.title : `${part.title} ${scoreText(offered.score)}`, true);
    add(entry?.places, part.name === chosen ? part.title : "", false);
  }
  return marks;
}

function View({ question, value }: { question: Question; value: Form }) {
  const parts = partsOf(question).filter((part) => value[part.name]);
  return (
    <dl className={css.view}>
      {parts.map((part) => <div key={part.name}><dt>{part.title}</dt><dd dir="auto">{value[part.name]!.value === null ? <em>not said</em> : shown(value[part.name])}</dd></div>)}
    </dl>
  );
}

export const widget: TaskWidget<Form> = {
  type: "fields",
  place: "field",
  Editor,
  View,
  Settings: (props) => <PartSettings {...props} listed="fields" />,
  nothing: (question) => Object.fromEntries(partsOf(question).map((part) => [part.name, { value: null }])),
  parts: formParts,
  accept: (value, parts) => parts.filter(isFieldPart).reduce<Form>((form, { name, entry }) => ({ ...form, [name]: entry }), value ?? {}),
  holds: (value, part) => isFieldPart(part) && holds(value, part),
  isEmpty: (value) => !value || Object.keys(value).length === 0,
  problem: (value, { question }) => problemOf(question, value),
  stays: true,
};
