/** Labels on cells of a table: arrows or the mouse choose a cell or a block, a key labels it. */
import { useMemo, useRef, useState } from "react";
import { Checkbox } from "@mantine/core";
import type { Question } from "../../api/types";
import { cellText, tableOf, type Table } from "../../media/table";
import { Note } from "../../ui";
import { brief } from "../../ui/format";
import { Cap, labelCommandId } from "../keycaps";
import { Chips, countLabels } from "../labels/Chips";
import { filterCommand, labelCommands, useCommands } from "../labels/label-commands";
import { entryOf, labelsOf, visibleSuggestions, type LabelEntry } from "../labels/label-set";
import { LabelStrip } from "../labels/LabelStrip";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { Command, SettingsProps, TaskWidget, WidgetProps } from "../types";
import { Grid, type Offer } from "./Grid";
import { byCell, cellsOf, cleared, has, isCellLabels, keyOf, labelled, nextMarked, type Block, type CellLabel } from "./marks";

const NONE: CellLabel[] = [];
const START: Block = { from: { row: 0, column: 0 }, to: { row: 0, column: 0 } };

function Editor(props: WidgetProps<CellLabel[]>) {
  const { question, item, fields } = props;
  const name = question.field ?? fields.find((field) => field.kind === "table")?.name ?? "";
  const given = item.data[name];
  const table = useMemo(() => tableOf(given), [given]);
  if (!table || table.columns.length === 0 || table.rows.length === 0) return <Note tone="warn">This item has no table in “{name}”. Skip it (S), or flag it (F).</Note>;
  return <Cells {...props} table={table} />;
}

function Cells({ table, ...props }: WidgetProps<CellLabel[]> & { table: Table }) {
  const { question, value = NONE, onChange, onReject, onActivate, readOnly, active } = props;
  const [chosen, choose] = useState(START);
  const filter = useRef<HTMLInputElement>(null);
  const labels = labelsOf(question);
  const multiple = question.config.multiple === true;
  const marks = useMemo(() => byCell(value), [value]);
  const offered = useOffers(props, value);
  const offers = useMemo(() => byCell(offered), [offered]);
  const cells = cellsOf(chosen, table.columns);
  const place = keyOf({ row: chosen.to.row, column: table.columns[chosen.to.column]! });
  const [here, waiting] = [marks.get(place) ?? NONE, offers.get(place) ?? []];
  const put = (next: CellLabel[], label: string) => onChange(next.length > 0 ? next : undefined, { label });
  const go = (by: 1 | -1) => {
    const next = nextMarked([...value, ...offered], table.columns, chosen.to, by);
    if (next) choose({ from: next, to: next });
  };
  const pick = (entry: LabelEntry) => {
    if (!readOnly) put(labelled(value, cells, entry.value, multiple), `${entry.title} on ${cells.length === 1 ? "a cell" : `${cells.length} cells`}`);
  };
  const accept = () => {
    const one = waiting[0];
    if (!one || readOnly) return;
    put(labelled(value, [one], one.label, multiple), "accept");
    if (offered.length > 1) go(1);
  };
  const reject = () => waiting[0] && !readOnly && onReject(waiting[0].key);
  const clear = () => !readOnly && put(cleared(value, cells), "clear cells");
  const group = question.title ?? question.name;
  const command = (id: string, title: string, keys: string[], run: () => void, scope: Command["scope"], enabled = true): Command => ({ id: labelCommandId(question, id), title, keys, group, scope, run, enabled });
  useCommands(props, [
    ...labelCommands(question, labels, pick, "Label"),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    command("next", "Next cell with a label", ["J"], () => go(1), "tool", value.length + offered.length > 0),
    command("previous", "Previous cell with a label", ["K"], () => go(-1), "tool", value.length + offered.length > 0),
    ...(waiting.length > 0 ? [command("accept", "Accept this suggestion", ["A"], accept, "region"), command("reject", "Reject this suggestion", ["R"], () => void reject(), "region")] : []),
    ...(cells.some((cell) => marks.has(keyOf(cell))) ? [command("remove", "Take the labels off", ["Delete", "Backspace"], () => void clear(), "region")] : []),
  ]);
  const { row, column } = chosen.to;
  const where = cells.length > 1 ? `${cells.length} cells` : `row ${row + 1}, ${table.columns[column]}: ${brief(cellText(table.rows[row]?.[column]), 60)}`;
  const shown = here[0] ?? waiting[0];
  const entry = shown ? entryOf(labels, shown.label) : null;
  return (
    <div className={regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <LabelStrip question={question} active={active} labels={labels} armed={here[0]?.label ?? null} readOnly={readOnly} onPick={pick} filterRef={filter} />
        <RegionBar
          commands={`label.${question.name}`} hint={<>{where} · {value.length} labelled. <Cap id={labelCommandId(question, "next")} of="J" /> <Cap id={labelCommandId(question, "previous")} of="K" /> to step.</>}
          selected={entry && cells.length === 1 ? { title: entry.title, color: entry.color, detail: where, suggested: here.length > 0 ? null : { score: waiting[0]!.score, source: waiting[0]!.source } } : null}
          readOnly={readOnly} onAccept={accept} onReject={() => void reject()} onRemove={() => void clear()}
        />
      </div>
      <Grid name={group} table={table} labels={labels} marks={marks} offers={offers} chosen={chosen} active={active} onChoose={choose} />
    </div>
  );
}

/** What models offer and nobody has decided on yet. */
function useOffers({ suggestions, rejected, minScore }: WidgetProps<CellLabel[]>, value: readonly CellLabel[]): (Offer & { source: string })[] {
  return useMemo(() => visibleSuggestions(suggestions, rejected, minScore).flatMap((s) => (isCellLabels(s.value) ? s.value : []).map((mark, i) => ({
    row: mark.row, column: mark.column, label: mark.label, key: `${s.id}:${i}`, score: s.score, source: s.source,
  }))).filter((offer) => !rejected.has(offer.key) && !has(value, offer)), [suggestions, rejected, minScore, value]);
}

function View({ question, value }: { question: Question; value: CellLabel[] }) {
  const counts = countLabels(value);
  return <Chips question={question} values={[...counts.keys()]} counts={counts} />;
}

function Settings({ question, onChange }: SettingsProps) {
  const { config } = question;
  return <Checkbox label="A cell may have several labels" checked={config.multiple === true} onChange={(event) => onChange({ ...question, config: { ...config, multiple: event.currentTarget.checked } })} />;
}

export const widget: TaskWidget<CellLabel[]> = {
  type: "cell_labels",
  place: "field",
  Editor,
  View,
  Settings,
  parts: (s) => (isCellLabels(s.value) ? s.value.map((mark, i) => ({ key: `${s.id}:${i}`, score: s.score, title: mark.label, part: { row: mark.row, column: mark.column, label: mark.label } })) : []),
  accept: (value, parts, question) => parts.filter((part): part is CellLabel => isCellLabels([part])).reduce((marks, mark) => (has(marks, mark) ? marks : labelled(marks, [mark], mark.label, question.config.multiple === true)), value ?? []),
  holds: (value, part) => isCellLabels([part]) && has(value ?? [], part as CellLabel),
  isEmpty: (value) => !value || value.length === 0,
};
