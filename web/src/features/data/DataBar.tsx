/** Above the list: how many, in which order, as table or cards, and what can be done with all of it. */
import { Menu, SegmentedControl, Select } from "@mantine/core";
import { IconCopy, IconDownload, IconHistory, IconLayoutGrid, IconList, IconPlus, IconSparkles, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Project } from "../../api/types";
import { countFilters, filtersOf, type DataSearch, type Sort } from "../../lib/dataSearch";
import { manages } from "../../lib/rights";
import { Button, buttonLook, IconButton } from "../../ui";
import { count, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { AcceptDialog } from "./AcceptDialog";
import { BulkHistory } from "./BulkHistory";
import css from "./data.module.css";
import { ExportDialog } from "./ExportDialog";
import { FilterChips } from "./FilterChips";
import type { SetSearch } from "./FilterPanel";
import { PermissionChip } from "./PermissionChip";
import { PhraseSearch } from "./PhraseSearch";

const SORTS: { value: Sort; label: string }[] = [
  { value: "ord", label: "Import order" },
  { value: "-ord", label: "Newest first" },
  { value: "-confidence", label: "Most confident first" },
  { value: "confidence", label: "Least confident first" },
  { value: "updated", label: "Last changed first" },
  { value: "-updated", label: "Longest unchanged first" },
  { value: "random", label: "Random" },
];

export interface DataBarProps {
  project: Project;
  search: DataSearch;
  set: SetSearch;
  /** null: not known. */
  total: number | null;
  busy: boolean;
  onSelectAll(): void;
}

type Sheet = "export" | "accept" | "history" | null;

export function DataBar({ project, search, set, total, busy, onSelectAll }: DataBarProps) {
  const [sheet, setSheet] = useState<Sheet>(null);
  const navigate = useNavigate();
  const near = search.similar !== undefined || search.phrase !== undefined;
  const filtered = !near && countFilters(filtersOf(search)) > 0;
  const boss = manages(project.my_role);
  return (
    <div className={css.bar}>
      <strong aria-live="polite" aria-busy={busy}>
        {total === null ? "Items" : plural(total, "item")}
      </strong>
      {near ? <Near search={search} set={set} /> : <FilterChips project={project} search={search} set={set} />}
      <span className={layout.grow} />
      {near ? null : (
        <Select
          aria-label="Order" size="xs" w={168} data={SORTS} value={search.sort ?? "ord"} allowDeselect={false}
          onChange={(sort) => set({ sort: sort === "ord" ? undefined : (sort as Sort) })}
        />
      )}
      {boss ? <PermissionChip project={project.id} onOpen={() => setSheet("history")} /> : null}
      <PhraseSearch onSearch={(phrase) => set({ phrase, similar: undefined, item: undefined })} />
      <SegmentedControl
        aria-label="Show as" size="xs" value={search.view ?? "table"} onChange={(view) => set({ view: view === "grid" ? "grid" : undefined })}
        data={[
          { value: "table", label: <IconList size={15} aria-label="Table" /> },
          { value: "grid", label: <IconLayoutGrid size={15} aria-label="Cards" /> },
        ]}
      />
      {boss ? (
        <Menu>
          <Menu.Target>
            <Button size="small">Actions</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={onSelectAll}>Select all {count(total ?? 0)}</Menu.Item>
            <Menu.Item leftSection={<IconSparkles size={15} />} onClick={() => setSheet("accept")}>
              Accept confident suggestions…
            </Menu.Item>
            <Menu.Item leftSection={<IconHistory size={15} />} onClick={() => setSheet("history")}>
              Bulk history
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => void navigate({ to: "/p/$projectId/duplicates", params: { projectId: project.id } })}>
              Near-duplicates
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item leftSection={<IconDownload size={15} />} onClick={() => setSheet("export")}>
              Export…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {boss ? (
        <Link to="/p/$projectId/import" params={{ projectId: project.id }} {...buttonLook("plain", "small")}>
          <IconPlus size={14} aria-hidden />
          Import
        </Link>
      ) : null}
      <ExportDialog project={project} search={search} open={sheet === "export"} onClose={() => setSheet(null)} />
      <BulkHistory project={project.id} open={sheet === "history"} onClose={() => setSheet(null)} />
      {sheet === "accept" ? <AcceptDialog project={project} scope={filtered ? { text: `the ${plural(total ?? 0, "item")} that match`, body: { filter: filtersOf(search) } } : null} onClose={() => setSheet(null)} /> : null}
    </div>
  );
}

function Near({ search, set }: { search: DataSearch; set: SetSearch }) {
  const what = search.phrase !== undefined ? `like “${search.phrase}”` : "like one item";
  return (
    <span className={layout.row}>
      <span>{what}</span>
      <IconButton size="small" label="Show all items again" onClick={() => set({ phrase: undefined, similar: undefined })}>
        <IconX size={14} />
      </IconButton>
    </span>
  );
}
