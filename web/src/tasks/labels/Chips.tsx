/** Read-only values as label chips, for grid, history and review. */
import type { Question } from "../../api/types";
import { LabelChip } from "../../ui";
import { entryOf, labelsOf, pathOf } from "./label-set";

/** One chip per value; in a tree the chip says the path. `counts` adds how often each occurs. */
export function Chips({ question, values, counts }: { question: Question; values: readonly string[]; counts?: ReadonlyMap<string, number> }) {
  const labels = labelsOf(question);
  return (
    <span style={{ display: "inline-flex", flexWrap: "wrap", gap: 4 }}>
      {values.map((value) => {
        const entry = entryOf(labels, value);
        const path = pathOf(labels, value).join(" › ");
        const n = counts?.get(value) ?? 1;
        return <LabelChip key={value} index={Math.max(0, entry.index)} label={{ value, color: entry.color, title: n > 1 ? `${path} × ${n}` : path }} />;
      })}
    </span>
  );
}

/** How often each label occurs in a list of regions, in order of first appearance. */
export function countLabels(regions: readonly { label: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of regions) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
