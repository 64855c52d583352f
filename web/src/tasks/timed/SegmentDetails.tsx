/** The selected segment in detail: its words, its ends in numbers, its attributes. */
import { useEffect, useRef, useState, type KeyboardEvent, type Ref } from "react";
import type { Question } from "../../api/types";
import { clockText, milli, secondsOf } from "../../media/time/axis";
import { AttributeForm } from "../image/AttributeForm";
import { attributesOf } from "../image/attributes";
import type { Segment, TimedKind } from "./model";
import css from "./timed.module.css";
import type { DrawnSegment } from "./useTimed";

export interface SegmentDetailsProps {
  kind: TimedKind;
  question: Question;
  drawn: DrawnSegment;
  readOnly: boolean;
  textRef: Ref<HTMLTextAreaElement>;
  onSet(change: Partial<Segment>, name: string, merge?: string): void;
  onAttribute(name: string, value: unknown): void;
}

export function SegmentDetails({ kind, question, drawn, readOnly, textRef, onSet, onAttribute }: SegmentDetailsProps) {
  const { segment, suggested } = drawn;
  const fixed = readOnly || suggested !== null;
  const attributes = attributesOf(question, segment.label);
  return (
    <div className={css.details} role="group" aria-label={`The selected ${kind.noun}`}>
      {kind.worded ? <Said key={drawn.key} segment={segment} readOnly={fixed} textRef={textRef} onText={(text) => onSet({ text }, "type", `text.${drawn.key}`)} /> : null}
      <div className={css.ends}>
        <TimeField key={`s${segment.start}`} title="Start" value={segment.start} readOnly={fixed} onSet={(start) => onSet({ start }, "start")} />
        <TimeField key={`e${segment.end}`} title="End" value={segment.end} readOnly={fixed} onSet={(end) => onSet({ end }, "end")} />
      </div>
      {attributes.length > 0 ? <AttributeForm key={`a${drawn.key}`} attributes={attributes} values={segment.attributes ?? {}} readOnly={fixed} onAnswer={onAttribute} /> : null}
    </div>
  );
}

/** What is said. It grows with its words. */
function Said({ segment, readOnly, textRef, onText }: { segment: Segment; readOnly: boolean; textRef: Ref<HTMLTextAreaElement>; onText(text: string): void }) {
  const box = useRef<HTMLTextAreaElement | null>(null);
  useEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(200, box.current.scrollHeight + 2)}px`;
  }, [segment.text]);
  return (
    <label className={css.said}>
      <span>What is said</span>
      <textarea
        ref={(element) => {
          box.current = element;
          if (typeof textRef === "function") textRef(element);
          else if (textRef) textRef.current = element;
        }}
        dir="auto" rows={2} value={segment.text ?? ""} readOnly={readOnly} onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
          event.stopPropagation();
          event.currentTarget.blur();
        }}
      />
    </label>
  );
}

/** A time that can be typed: seconds, or minutes and seconds with a colon. */
function TimeField({ title, value, readOnly, onSet }: { title: string; value: number; readOnly: boolean; onSet(n: number): void }) {
  const [text, setText] = useState(clockText(value));
  const commit = () => {
    const n = secondsOf(text);
    if (n === null) setText(clockText(value));
    else if (milli(n) !== milli(value)) onSet(milli(n));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) commit();
    else if (event.key === "Escape") setText(clockText(value));
    else return;
    event.stopPropagation();
    if (event.key === "Escape") event.currentTarget.blur();
  };
  return (
    <label>
      <span>{title}</span>
      <input value={text} inputMode="decimal" readOnly={readOnly} onChange={(e) => setText(e.target.value)} onBlur={commit} onKeyDown={onKeyDown} />
    </label>
  );
}
