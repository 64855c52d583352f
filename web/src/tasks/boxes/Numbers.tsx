/** A box in numbers: left, top, width, height in pixels of the image. */
import { useState, type KeyboardEvent } from "react";
import { clip, rounded, type Rect, type Size } from "../../lib/geometry";
import css from "./boxes.module.css";

const NAMES: readonly [keyof Rect, string][] = [["x", "Left"], ["y", "Top"], ["w", "Width"], ["h", "Height"]];

export interface NumbersProps {
  box: Rect;
  image: Size;
  readOnly: boolean;
  onEdit(rect: Rect): void;
}

export function Numbers({ box, image, readOnly, onEdit }: NumbersProps) {
  return (
    <div className={css.numbers}>
      {NAMES.map(([name, title]) => (
        <NumberField key={`${name}:${box[name]}`} title={title} value={box[name]} readOnly={readOnly} onSet={(n) => onEdit(rounded(clip({ ...box, [name]: n }, image)))} />
      ))}
    </div>
  );
}

function NumberField({ title, value, readOnly, onSet }: { title: string; value: number; readOnly: boolean; onSet(n: number): void }) {
  const [text, setText] = useState(String(Math.round(value * 10) / 10));
  const commit = () => {
    const n = Number(text.replace(",", "."));
    if (text.trim() === "" || !Number.isFinite(n)) setText(String(value));
    else if (n !== value) onSet(n);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) commit();
    else if (event.key === "Escape") setText(String(value));
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
