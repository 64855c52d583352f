/** Filters at the left: what there is to choose from comes with its counts. */
import { RangeSlider, Select, TextInput } from "@mantine/core";
import { IconFlag, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { facetsQuery } from "../../api/queries";
import type { Facets, Project, Status } from "../../api/types";
import { HAS, STATUSES, type DataSearch, type Has } from "../../lib/dataSearch";
import { Button } from "../../ui";
import { score, shortCount } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";
import { Facet, FacetList } from "./FacetList";
import { statusText } from "./StatusMark";

export type SetSearch = (change: Partial<DataSearch>) => void;

export interface FilterPanelProps {
  project: Project;
  search: DataSearch;
  set: SetSearch;
}

const HAS_TEXT: Record<Has, string> = { answer: "an answer", suggestion: "a suggestion", comment: "a comment" };

export function FilterPanel({ project, search, set }: FilterPanelProps) {
  const facets = useQuery({ ...facetsQuery(project.id), retry: false }).data;
  return (
    <aside className={css.filters} aria-label="Filters">
      <SearchBox key={search.q ?? ""} q={search.q ?? ""} onSearch={(q) => set({ q })} />
      <StatusFilter search={search} set={set} facets={facets} flagged={project.counts.flagged} />
      {Object.entries(facets?.labels ?? {}).map(([question, labels]) => (
        <FacetList
          key={question} title={questionTitle(project, question)} counts={labels}
          value={search.label?.startsWith(`${question}:`) ? search.label.slice(question.length + 1) : null}
          onChange={(label) => set({ label: label === null ? undefined : `${question}:${label}` })}
        />
      ))}
      <Confidence search={search} set={set} />
      <fieldset>
        <legend>Has</legend>
        {HAS.map((has) => (
          <Facet key={has} text={HAS_TEXT[has]} pressed={search.has === has} onClick={() => set({ has: search.has === has ? undefined : has })} />
        ))}
      </fieldset>
      {facets && Object.keys(facets.authors).length > 0 ? (
        <FacetList title="By person or model" counts={facets.authors} value={search.author ?? null} onChange={(author) => set({ author: author ?? undefined })} />
      ) : null}
      <MetaFilters facets={facets} search={search} set={set} />
    </aside>
  );
}

function questionTitle(project: Project, name: string): string {
  return project.spec.questions.find((question) => question.name === name)?.title ?? name;
}

function SearchBox({ q, onSearch }: { q: string; onSearch(q: string | undefined): void }) {
  const [text, setText] = useState(q);
  useEffect(() => {
    if (text === q) return;
    const later = setTimeout(() => onSearch(text.trim() || undefined), 350);
    return () => clearTimeout(later);
  });
  return (
    <TextInput
      aria-label="Search in the text" placeholder="Search" leftSection={<IconSearch size={14} aria-hidden />} value={text} autoFocus={q !== ""}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

interface StatusFilterProps extends Omit<FilterPanelProps, "project"> {
  facets: Facets | undefined;
  flagged: number;
}

function StatusFilter({ search, set, facets, flagged }: StatusFilterProps) {
  const chosen = (search.status?.split(",") ?? []) as Status[];
  const toggle = (status: Status) => {
    const next = STATUSES.filter((one) => (one === status ? !chosen.includes(one) : chosen.includes(one)));
    set({ status: next.length === 0 || next.length === STATUSES.length ? undefined : next.join(",") });
  };
  return (
    <fieldset>
      <legend>Status</legend>
      {STATUSES.map((status) => (
        <Facet
          key={status} text={statusText[status]} pressed={chosen.includes(status)} n={facets?.status[status]}
          onClick={() => toggle(status)}
        />
      ))}
      <Facet
        text="Flagged" n={flagged} icon={<IconFlag size={13} aria-hidden />} pressed={search.flagged === "1"}
        onClick={() => set({ flagged: search.flagged === "1" ? undefined : "1" })}
      />
    </fieldset>
  );
}

function Confidence({ search, set }: { search: DataSearch; set: SetSearch }) {
  const stored: [number, number] = [search.min_score ?? 0, search.max_score ?? 1];
  const [live, setLive] = useState<[number, number] | null>(null);
  const [low, high] = live ?? stored;
  const done = ([from, to]: [number, number]) => {
    setLive(null);
    set({ min_score: from > 0 ? from : undefined, max_score: to < 1 ? to : undefined });
  };
  return (
    <fieldset>
      <legend>
        <span>Confidence</span>
        <span className="mono">
          {score(low)}–{score(high)}
        </span>
      </legend>
      <div style={{ padding: "4px 8px" }}>
        <RangeSlider
          min={0} max={1} step={0.05} minRange={0.05} size="sm" label={null} value={[low, high]} onChange={setLive} onChangeEnd={done}
          thumbFromLabel="Lowest confidence" thumbToLabel="Highest confidence"
        />
      </div>
    </fieldset>
  );
}

function MetaFilters({ facets, search, set }: { facets: Facets | undefined; search: DataSearch; set: SetSearch }) {
  const names = Object.keys(facets?.meta ?? {});
  if (names.length === 0) return null;
  return (
    <fieldset>
      <legend>Metadata</legend>
      <div className={css.more}>
        {names.map((name) => {
          const values = Object.entries(facets?.meta[name] ?? {});
          const value = search[`meta.${name}`] ?? null;
          return (
            <Select
              key={name} size="xs" label={name} placeholder="any" clearable searchable value={value}
              data={values.map(([one, n]) => ({ value: one, label: `${one} (${shortCount(n)})` })).concat(value !== null && !values.some(([one]) => one === value) ? [{ value, label: value }] : [])}
              onChange={(next) => set({ [`meta.${name}`]: next ?? undefined })}
            />
          );
        })}
      </div>
      {names.some((name) => search[`meta.${name}`] !== undefined) ? (
        <div className={layout.row} style={{ marginTop: 6 }}>
          <Button size="small" kind="quiet" onClick={() => set(Object.fromEntries(names.map((name) => [`meta.${name}`, undefined])))}>
            Clear metadata
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}
