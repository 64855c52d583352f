/** The items on which a run failed, with the reason and what the model wrote last. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../../api/client";
import type { RunFailure } from "../../../api/types";
import { Button, ErrorNote, Skeleton } from "../../../ui";
import { brief, plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import css from "./llm.module.css";

const PAGE = 50;

export function RunErrors({ project, run }: { project: number; run: number }) {
  const errors = useInfiniteQuery({
    queryKey: ["runs", project, run, "errors"],
    queryFn: ({ pageParam }) => api.get<RunFailure[]>(`/projects/${project}/runs/${run}/errors`, { after: pageParam, limit: PAGE }),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.item_id),
  });
  const rows = errors.data?.pages.flat() ?? [];
  return (
    <div className={css.errors}>
      <ErrorNote error={errors.error} />
      {errors.isPending ? <Skeleton height={60} /> : null}
      {rows.length > 0 ? (
        <table className={layout.table}>
          <thead>
            <tr>
              <th>Item</th>
              <th>Why</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.item_id}>
                <td>
                  <Link to="/p/$projectId/data" params={{ projectId: project }} search={{ item: row.item_id }}>
                    {row.item_id % 1_000_000_000}
                  </Link>
                </td>
                <td>
                  {brief(row.reason, 300)}
                  <span className={layout.help}> {plural(row.attempts, "attempt")}</span>
                  {row.raw ? (
                    <details>
                      <summary className={layout.help}>What it answered last</summary>
                      <pre className={css.raw}>{brief(row.raw, 1500)}</pre>
                    </details>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {errors.hasNextPage ? (
        <Button size="small" busy={errors.isFetchingNextPage} onClick={() => void errors.fetchNextPage()}>
          More
        </Button>
      ) : null}
    </div>
  );
}
