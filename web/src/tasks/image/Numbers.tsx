/** One number of a thing's place, in pixels of the image. */
import { useState, type KeyboardEvent } from "react";

export function NumberField({ title, value, readOnly, onSet }: { title: string; value: number; readOnly: boolean; onSet(n: number): void }) {
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
