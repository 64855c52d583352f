/** Linking a span to an entry of the project's knowledge base: a search that begins with the words of the span. */
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { brief } from "../../ui/format";
import css from "./entity.module.css";

export interface Entry {
  id: string;
  name: string;
  aliases: string[];
  description: string;
}

export const NIL = "NIL";

interface EntityPickerProps {
  project: number;
  knowledge: string;
  /** What is searched first. */
  words: string;
  current: string | undefined;
  onPick(entity: string | undefined): void;
  onClose(): void;
}

export function EntityPicker({ project, knowledge, words, current, onPick, onClose }: EntityPickerProps) {
  const [typed, setTyped] = useState(words);
  const [at, setAt] = useState(0);
  const { hits, error } = useHits(project, knowledge, typed);
  const rows: { id: string | undefined; name: string; about: string }[] = [
    ...hits.map((hit) => ({ id: hit.id, name: hit.name, about: [hit.aliases.slice(0, 3).join(", "), hit.description].filter(Boolean).join(" · ") })),
    { id: NIL, name: "Not in the knowledge base", about: "stored as NIL" },
    ...(current === undefined ? [] : [{ id: undefined, name: "No link", about: "take the link away" }]),
  ];
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + rows.length) % rows.length);
    else if (event.key === "Enter") onPick(rows[Math.min(at, rows.length - 1)]!.id);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={css.picker} role="dialog" aria-label={`Link to ${knowledge}`}>
      <input
        autoFocus value={typed} spellCheck={false} aria-label={`Find an entry of ${knowledge}`} role="combobox" aria-expanded aria-controls="entity-hits" aria-activedescendant={`entity-${at}`}
        onChange={(event) => { setTyped(event.target.value); setAt(0); }} onKeyDown={onKeyDown} onBlur={onClose}
      />
      {error ? <p role="alert">{error}</p> : null}
      <ul id="entity-hits" role="listbox" aria-label="Entries">
        {rows.map((row, i) => (
          <li key={row.id ?? ""} id={`entity-${i}`} role="option" aria-selected={i === at} data-own={row.id === current || undefined} onMouseDown={(event) => { event.preventDefault(); onPick(row.id); }} onMouseMove={() => setAt(i)}>
            <strong>{row.name}</strong>
            <span>{brief(row.about, 90)}</span>
            {row.id !== undefined && row.id !== NIL ? <code>{row.id}</code> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Entries for what is typed, asked for when typing rests for a moment. */
function useHits(project: number, knowledge: string, typed: string): { hits: readonly Entry[]; error: string | null } {
  const [found, setFound] = useState<{ hits: readonly Entry[]; error: string | null }>({ hits: [], error: null });
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.get<Entry[]>(`/projects/${project}/knowledge/search`, { name: knowledge, q: typed, limit: 8 }, stop.signal)
        .then((hits) => setFound({ hits, error: null }))
        .catch((error: unknown) => stop.signal.aborted || setFound({ hits: [], error: error instanceof Error ? error.message : String(error) }));
    }, 80);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [project, knowledge, typed]);
  return found;
}

const known = new Map<string, string>();

/** The name of an entry by its id; the id itself until it is known. */
export function useEntityName(project: number, knowledge: string | null, id: string | undefined): string | null {
  const key = `${project}/${knowledge}/${id}`;
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!knowledge || !id || id === NIL || known.has(key)) return;
    void api.get<Entry[]>(`/projects/${project}/knowledge/entries`, { name: knowledge, ids: id })
      .then((entries) => {
        known.set(key, entries[0]?.name ?? id);
        redraw((n) => n + 1);
      })
      .catch(() => undefined);
  }, [project, knowledge, id, key]);
  if (!id) return null;
  return id === NIL ? "in no knowledge base" : (known.get(key) ?? id);
}
