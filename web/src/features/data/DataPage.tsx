/** All items of a project: filter, sort, look, select, decide many at once. The address holds the filters. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { api } from "../../api/client";
import { projectQuery } from "../../api/queries";
import type { GridRow, Project } from "../../api/types";
import { compactSearch, countFilters, filtersOf, type DataSearch } from "../../lib/dataSearch";
import { manages } from "../../lib/rights";
import { Button, Empty, ErrorNote } from "../../ui";
import { notifyError } from "../../ui/notify";
import { DataBar } from "./DataBar";
import { FilterPanel } from "./FilterPanel";
import { ItemDrawer } from "./ItemDrawer";
import { NoItems } from "./NoItems";
import { Rows } from "./Rows";
import { everything, extended, isSelected, NOTHING, selectionSize, toggled, type Selection } from "./selection";
import { SelectionBar } from "./SelectionBar";
import { rowsQuery, useRows } from "./useRows";
import css from "./data.module.css";

const route = getRouteApi("/inside/p/$projectId/data");

export function DataPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? <Data key={project.id} project={project} /> : null;
}

function Data({ project }: { project: Project }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const rows = useRows(project.id, search);
  const [cursor, setCursor] = useState(0);
  const listKey = JSON.stringify({ ...search, item: undefined, view: undefined });
  const { selection, select, setSelection } = useSelection(project.id, search, rows.row, listKey);
  const set = useCallback(
    (change: Partial<DataSearch>) =>
      void navigate({ search: (now) => compactSearch({ ...now, ...change } as DataSearch), replace: "item" in change || "q" in change }),
    [navigate],
  );
  const open = (row: GridRow, at: number) => {
    setCursor(at);
    set({ item: row.id });
  };
  const size = selectionSize(selection);
  const grid = search.view === "grid";
  const filtered = countFilters(filtersOf(search)) > 0 || search.similar !== undefined || search.phrase !== undefined;
  const all = selection.mode === "all" && selection.except.size === 0 ? "all" : size > 0 ? "some" : "none";
  const toggleAll = () => setSelection(size > 0 ? NOTHING : everything(rows.total));
  return (
    <div className={css.page}>
      <FilterPanel project={project} search={search} set={set} />
      <div className={css.middle}>
        <DataBar project={project} search={search} set={set} total={rows.error || rows.loading ? null : rows.total} busy={rows.fetching} onSelectAll={toggleAll} />
        {rows.error ? (
          <div style={{ padding: 16 }}>
            <ErrorNote error={rows.error} onRetry={rows.again} />
          </div>
        ) : null}
        {rows.total === 0 && !rows.loading && !rows.error ? (
          filtered ? <Nothing onClear={() => void navigate({ search: {} })} /> : <NoItems project={project} />
        ) : (
          <Rows
            project={project} rows={rows} grid={grid} current={search.item ?? null} cursor={cursor} listKey={listKey}
            selected={(id) => isSelected(selection, id)} onSelect={select} onOpen={open} onCursor={setCursor}
            all={all} onAll={toggleAll}
          />
        )}
        {size > 0 && manages(project.my_role) ? (
          <SelectionBar project={project} selection={selection} search={search} onClear={() => setSelection(NOTHING)} />
        ) : null}
      </div>
      {search.item === undefined ? null : <ItemDrawer key={search.item} project={project} id={search.item} set={set} />}
    </div>
  );
}

function Nothing({ onClear }: { onClear(): void }) {
  return <Empty title="No item matches" text="Take a filter away to see more." action={<Button onClick={onClear}>Clear all filters</Button>} />;
}

/** Selection that forgets itself when the list changes; Shift reaches from the last one chosen. */
function useSelection(project: number, search: DataSearch, rowAt: (at: number) => GridRow | undefined, listKey: string) {
  const [state, setState] = useState<{ key: string; selection: Selection; anchor: number }>({ key: listKey, selection: NOTHING, anchor: 0 });
  const fresh = state.key === listKey ? state : { key: listKey, selection: NOTHING, anchor: 0 };
  const setSelection = (selection: Selection) => setState({ ...fresh, selection });
  const select = (row: GridRow, at: number, how: "one" | "range") => {
    if (how === "one") {
      setState({ ...fresh, selection: toggled(fresh.selection, row.id), anchor: at });
      return;
    }
    const [from, to] = [Math.min(fresh.anchor, at), Math.max(fresh.anchor, at)];
    idsBetween(project, search, rowAt, from, to)
      .then((ids) => setState({ ...fresh, selection: extended(fresh.selection, ids) }))
      .catch(notifyError);
  };
  return { selection: fresh.selection, select, setSelection };
}

async function idsBetween(
  project: number,
  search: DataSearch,
  rowAt: (at: number) => GridRow | undefined,
  from: number,
  to: number,
): Promise<number[]> {
  const held = Array.from({ length: to - from + 1 }, (_, at) => rowAt(from + at));
  if (held.every((row) => row !== undefined)) return held.map((row) => row.id);
  const { ids } = await api.get<{ ids: number[] }>(`/projects/${project}/items/ids`, rowsQuery(search));
  return ids.slice(from, to + 1);
}
