/** The filters that are on, each in words, each taken off with one click. */
import { IconX } from "@tabler/icons-react";
import type { Project, Status } from "../../api/types";
import { filtersOf, splitPair, type DataSearch, type Filters } from "../../lib/dataSearch";
import { Button } from "../../ui";
import { score } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";
import type { SetSearch } from "./FilterPanel";
import { optionsOf, shortTitle } from "./questionText";
import { statusText } from "./StatusMark";

interface ChipText {
  /** The filters that go when the chip goes. */
  names: (keyof Filters)[];
  text: string;
  hint: string;
}

export function FilterChips({ project, search, set }: { project: Project; search: DataSearch; set: SetSearch }) {
  const chips = chipsOf(project, filtersOf(search));
  const off = (names: readonly (keyof Filters)[]) => set(Object.fromEntries(names.map((name) => [name, undefined])));
  return (
    <>
      {chips.map((chip) => (
        <button key={chip.names.join()} type="button" className={css.filterChip} title={`${chip.hint}: take this filter away`} onClick={() => off(chip.names)}>
          <span className={layout.cut} dir="auto">{chip.text}</span>
          <IconX size={12} aria-hidden />
        </button>
      ))}
      {chips.length > 1 ? (
        <Button size="small" kind="quiet" onClick={() => off(chips.flatMap((chip) => chip.names))}>
          Clear all
        </Button>
      ) : null}
    </>
  );
}

export function chipsOf(project: Project, filters: Filters): ChipText[] {
  const { q, status, flagged, label, suggested, author, has, min_score, max_score, ...meta } = filters;
  const chips: ChipText[] = [];
  const add = (text: string, hint: string, ...names: (keyof Filters)[]) => chips.push({ names, text, hint });
  if (q !== undefined) add(`“${q}”`, "Search", "q");
  if (status !== undefined) add(status.split(",").map((one) => statusText[one as Status]).join(" or "), "Status", "status");
  if (flagged !== undefined) add("Flagged", "Flag", "flagged");
  if (label !== undefined) add(pairText(project, label), label, "label");
  if (suggested !== undefined) add(`suggested ${pairText(project, suggested)}`, suggested, "suggested");
  if (author !== undefined) add(`by ${author}`, "Person or model", "author");
  if (has !== undefined) add(`has ${has === "answer" ? "an" : "a"} ${has}`, "Has", "has");
  if (min_score !== undefined || max_score !== undefined) {
    add(`confidence ${score(min_score ?? 0)}–${score(max_score ?? 1)}`, "Confidence", "min_score", "max_score");
  }
  for (const [name, value] of Object.entries(meta)) add(`${name.slice(5)}: ${value}`, name, name as keyof Filters);
  return chips;
}

/** "topic:delivery" -> "Topic: Delivery". */
function pairText(project: Project, pair: string): string {
  const [name, value] = splitPair(pair);
  const question = project.spec.questions.find((one) => one.name === name);
  if (!question) return pair;
  return `${shortTitle(question)}: ${optionsOf(question).find((one) => one.value === value)?.title ?? value}`;
}
