/** How far everybody is. Nothing about what they answered, nor how fast. */
import type { Study } from "../../api/types";
import { Bar, Panel } from "../../ui";
import { ago } from "../../ui/format";
import layout from "../../ui/layout.module.css";

export function Progress({ study }: { study: Study }) {
  const done = study.people.reduce((sum, p) => sum + p.items_done, 0);
  const all = study.people.reduce((sum, p) => sum + p.items, 0);
  return (
    <Panel title={`${done} of ${all} items done`} flush>
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr><th>Person</th><th>Code</th><th>Items</th><th className={layout.number}>Blocks</th><th>State</th></tr>
          </thead>
          <tbody>
            {study.people.map((p) => (
              <tr key={p.user_id}>
                <td>{p.name}</td>
                <td><code>{p.code}</code></td>
                <td style={{ minWidth: 160 }}>
                  <Bar label={`${p.name}: ${p.items_done} of ${p.items} items`} total={p.items} parts={[{ n: p.items_done, color: "var(--accent)", title: "done" }]} />
                </td>
                <td className={layout.number}>{p.blocks_closed} / {p.blocks}</td>
                <td>{p.finished_at !== null ? `finished ${ago(p.finished_at)}` : p.started_at !== null ? `began ${ago(p.started_at)}` : "not begun"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
