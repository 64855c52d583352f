/** Filters at the left: what there is to choose from comes with its counts. */
import { RangeSlider, Select, TextInput } from "@mantine/core";
import { IconFlag, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { facetsQuery, modelsQuery } from "../../api/queries";
import type { Facets, Project, Status } from "../../api/types";
import { HAS, STATUSES, type DataSearch, type Has } from "../../lib/dataSearch";
import { Button } from "../../ui";
import { score, shortCount } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";
import { Facet, FacetList, withCounts } from "./FacetList";
import { optionsOf } from "./questionText";
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
      <LabelFilters project={project} facets={facets} search={search} set={set} />
      <Confidence search={search} set={set} />
      <fieldset>
        <legend>Has</legend>
        {HAS.map((has) => (
          <Facet key={has} text={HAS_TEXT[has]} pressed={search.has === has} onClick={() => set({ has: search.has === has ? undefined : has })} />
        ))}
      </fieldset>
      <AuthorFilters project={project.id} facets={facets} search={search} set={set} />
      <MetaFilters facets={facets} search={search} set={set} />
    </aside>
  );
}

interface PartProps extends Omit<FilterPanelProps, "project"> {
  facets: Facets | undefined;
}

/** One list per question in the order of the project; then questions that it has no more but that have answers. */
function LabelFilters({ project, facets, search, set }: FilterPanelProps & PartProps) {
  const counts = facets?.labels ?? {};
  const asked = project.spec.questions.map((question) => ({ name: question.name, title: question.title ?? question.name, options: optionsOf(question) }));
  const known = new Set(asked.map((one) => one.name));
  const gone = Object.keys(counts).filter((name) => !known.has(name)).map((name) => ({ name, title: `${name} (no longer asked)`, options: [] }));
  return [...asked, ...gone]
    .map((one) => ({ ...one, options: withCounts(one.options, counts[one.name] ?? {}) }))
    .filter((one) => one.options.length > 0)
    .map(({ name, title, options }) => (
      <FacetList
        key={name} title={title} options={options} value={search.label?.startsWith(`${name}:`) ? search.label.slice(name.length + 1) : null}
        onChange={(label) => set({ label: label === null ? undefined : `${name}:${label}` })}
      />
    ));
}

function AuthorFilters({ project, facets, search, set }: PartProps & { project: number }) {
  const models = new Set((useQuery({ ...modelsQuery(project), retry: false }).data ?? []).map((model) => model.name));
  const all = withCounts([], facets?.authors ?? {});
  const lists: [string, typeof all][] = [
    ["By person", all.filter((one) => !models.has(one.value))],
    ["By model", all.filter((one) => models.has(one.value))],
  ];
  return lists
    .filter(([, options]) => options.length > 0)
    .map(([title, options]) => (
      <FacetList
        key={title} title={title} options={options} value={options.some((one) => one.value === search.author) ? (search.author ?? null) : null}
        onChange={(author) => set({ author: author ?? undefined })}
      />
    ));
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

interface StatusFilterProps extends PartProps {
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

function MetaFilters({ facets, search, set }: PartProps) {
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
