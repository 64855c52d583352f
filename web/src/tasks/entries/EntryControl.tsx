/** What a typed value is typed, or chosen, in. It stands alone because fields and cells are filled in by the same keys. */
import { Select } from "@mantine/core";
import { useRef, useState, type KeyboardEvent, type Ref } from "react";
import { shown, type Entry, type Part } from "./entries";

export interface EntryControlProps {
  id: string;
  /** Where no label element names it. */
  label?: string;
  part: Part;
  entry: Entry | undefined;
  /** Shown while it is empty: what is offered, or that nothing is said; "": how such a value is written. */
  hint: string;
  invalid: boolean;
  readOnly: boolean;
  control: Ref<HTMLInputElement>;
  className?: string;
  onFocus(): void;
  onType(text: string): void;
  onPick(value: string): void;
  onEnter(): void;
  /** Any other key, with nothing held but Shift. */
  onKey?(event: KeyboardEvent<HTMLElement>): void;
}

/** The control of the entry's type. What is being typed stays as typed until it is left. */
export function EntryControl({ id, label, part, entry, hint, invalid, readOnly, control, className, onFocus, onType, onPick, onEnter, onKey }: EntryControlProps) {
  const [draft, setDraft] = useState<{ text: string; of: Entry["value"] | undefined } | null>(null);
  const [wrote, setWrote] = useState<string | null>(null);
  /** The list of labels: while it is open, Enter takes what is marked in it, and Escape closes it. */
  const menu = useRef<{ open: boolean; typed: boolean; whole?: string }>({ open: false, typed: false });
  if (wrote !== null) {
    // The value that the typed text came to; once it is another one (undo, a drag), the text gives way to it.
    setDraft({ text: wrote, of: entry?.value });
    setWrote(null);
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { open, whole } = menu.current;
    if (open && event.key === "Enter" && whole !== undefined && whole !== entry?.value) {
      // The whole label was typed: the list may not have marked it yet.
      event.preventDefault();
      event.stopPropagation();
      return onPick(whole);
    }
    if (open && (event.key === "Escape" || menu.current.typed || event.currentTarget.hasAttribute("aria-activedescendant"))) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      onEnter();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      event.currentTarget.blur();
    } else onKey?.(event);
  };
  const placeholder = hint || (part.type === "date" ? "2014-05-07" : part.type === "amount" ? "0.00" : "");
  if (part.type === "choice") {
    return (
      <Select
        id={id} ref={control} aria-label={label} className={className} value={shown(entry) || null} readOnly={readOnly} error={invalid} searchable selectFirstOptionOnChange allowDeselect={false} placeholder={placeholder}
        data={[...part.labels.map((label) => ({ value: label.value, label: label.title })), ...(invalid && shown(entry) ? [{ value: shown(entry), label: shown(entry) }] : [])]}
        nothingFoundMessage="No such label" maxDropdownHeight={260} rightSectionPointerEvents="none" comboboxProps={{ shadow: "md" }} spellCheck={false} autoComplete="off"
        onFocus={onFocus} onKeyDown={onKeyDown} onChange={(value) => value !== null && onPick(value)} onSearchChange={(text) => {
          const whole = part.labels.find((label) => label.title.toLowerCase() === text.trim().toLowerCase());
          menu.current = { ...menu.current, typed: text !== "" && part.labels.every((label) => label.title !== text), whole: whole?.value };
        }}
        onDropdownOpen={() => (menu.current = { ...menu.current, open: true })} onDropdownClose={() => (menu.current = { open: false, typed: false })}
      />
    );
  }
  const own = draft && draft.of === entry?.value ? draft.text : shown(entry);
  return (
    <input
      id={id} ref={control} aria-label={label} className={className} value={own} readOnly={readOnly} placeholder={placeholder} dir="auto" spellCheck={false} autoComplete="off" aria-invalid={invalid || undefined} inputMode={part.type === "number" || part.type === "amount" ? "decimal" : undefined}
      onFocus={(event) => {
        event.currentTarget.select();
        onFocus();
      }}
      onBlur={() => setDraft(null)} onKeyDown={onKeyDown}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onType(text);
        setWrote(text);
      }}
    />
  );
}
