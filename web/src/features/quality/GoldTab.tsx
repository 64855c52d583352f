/** Gold: items whose answer is known, how it is used, and what people answered beside it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { goldQuery } from "../../api/qualityQueries";
import type { GoldReply, Project } from "../../api/types";
import { atLeast, manages } from "../../lib/rights";
import { Button, Empty, ErrorNote, Note, Panel, Skeleton, TableFile } from "../../ui";
import { brief, count, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./quality.module.css";

type Question = Project["spec"]["questions"][number];

export function GoldTab({ project, question }: { project: Project; question: Question }) {
  const gold = useQuery(goldQuery(project.id, question.name));
  return (
    <div className={layout.stack}>
      <ErrorNote error={gold.error} onRetry={() => void gold.refetch()} />
      {gold.isPending ? <Skeleton height={240} /> : null}
      {gold.data ? <Uses project={project} reply={gold.data} /> : null}
      {gold.data ? <Rows project={project} question={question} reply={gold.data} /> : null}
    </div>
  );
}

function Uses({ project, reply }: { project: Project; reply: GoldReply }) {
  const { policy } = project.spec;
  const round = policy.qualification;
  const short = round.items > reply.clean;
  return (
    <Panel
      title="How gold is used"
      tools={manages(project.my_role) ? <Link to="/p/$projectId/settings" params={{ projectId: project.id }}>Change</Link> : undefined}
    >
      <div className={layout.stack}>
        <ul className={css.uses}>
          <li><b>In hiding:</b> {policy.gold_share > 0 ? `${percent(policy.gold_share)} of what each person gets is gold that looks like any other item.` : "no gold is woven into the queue."}</li>
          <li><b>First round:</b> {round.items > 0 ? `${plural(round.items, "gold item")} before anything else, without suggestions; ${percent(round.pass_mark)} agreement is needed.` : "people begin at once."}</li>
          <li><b>Planted wrong suggestions:</b> {policy.planted_share > 0 ? `${percent(policy.planted_share)} of what each person gets; ${policy.planted_tell === "after" ? "they are told after each" : "they are not told"}.` : "off."}</li>
          <li><b>Blind slice:</b> on {percent(policy.blind_share)} of items the server withholds all model output, so that people and models can be measured against answers given without help.</li>
        </ul>
        {short ? <Note tone="warn">The first round wants {round.items} items whose gold was made without a suggestion in sight; there are {reply.clean}.</Note> : null}
      </div>
    </Panel>
  );
}

function Rows({ project, question, reply }: { project: Project; question: Question; reply: GoldReply }) {
  const client = useQueryClient();
  const drop = useMutation({
    mutationFn: (item: number) => api.delete(`/projects/${project.id}/items/${item}/gold?question=${encodeURIComponent(question.name)}`),
    onSettled: () => void client.invalidateQueries({ queryKey: ["quality", project.id] }),
  });
  if (reply.total === 0) {
    return <Empty title="No gold yet" text="Open an item on the Data page and make an answer gold, or import a column as gold answers. Gold shows how good people and models are." />;
  }
  const marked = reply.total - reply.clean;
  return (
    <Panel title={plural(reply.total, "item with gold", "items with gold")} tools={<GoldFile reply={reply} question={question.name} />} flush>
      <ErrorNote error={drop.error} />
      <div className={layout.scroll} style={{ maxHeight: 560 }} tabIndex={0} role="region" aria-label="Gold">
        <table className={layout.table}>
          <thead>
            <tr><th>Item</th><th>Gold</th><th>Made by</th><th className={layout.number}>Answers beside it</th><th className={layout.number}>They agree</th><th /></tr>
          </thead>
          <tbody>
            {reply.rows.map((row) => (
              <tr key={row.item_id}>
                <td><Link to="/p/$projectId/data" params={{ projectId: project.id }} search={{ item: row.item_id }}>No. {count(row.item_id % 1_000_000_000)}</Link></td>
                <td dir="auto">{brief(row.value)} {row.basis === "shown" ? <span className={css.mark} data-tone="warn" title="A model’s suggestion could be seen when this was made: it tests no model">made with help</span> : null}</td>
                <td>{row.author ?? "came in with the data"}</td>
                <td className={layout.number}>{row.n_answers}</td>
                <td className={layout.number}>{row.agreement === null ? "–" : percent(row.agreement)}</td>
                <td>{atLeast(project.my_role, "reviewer") ? <Button size="small" kind="quiet" onClick={() => drop.mutate(row.item_id)}>Take back</Button> : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {reply.rows.length < reply.total ? <p className={layout.help} style={{ padding: "8px 12px" }}>The first {count(reply.rows.length)} are shown; the export of the Data page has all.</p> : null}
      {marked > 0 ? <p className={layout.help} style={{ padding: "8px 12px" }}>{plural(marked, "of them was", "of them were")} made with a suggestion in sight; they measure people, never models.</p> : null}
    </Panel>
  );
}

function GoldFile({ reply, question }: { reply: GoldReply; question: string }) {
  const rows = () => reply.rows.map((row) => [row.item_id, brief(row.value), row.basis, row.author, row.n_answers, row.agreement]);
  const label = reply.rows.length < reply.total ? `Download the first ${count(reply.rows.length)} (CSV)` : undefined;
  return <TableFile file={`gold-${question}`} label={label} header={["item", "gold", "basis", "made by", "answers beside it", "they agree"]} rows={rows} />;
}
