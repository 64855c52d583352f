/** The ways of making one answer of several, side by side on the items whose right answer is known. */
import { Select } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Job, Project } from "../../api/types";
import { Dialog } from "../../commands/Dialog";
import { Button, ErrorNote, Interval } from "../../ui";
import { count, percent } from "../../ui/format";
import css from "./review.module.css";
import { finished } from "./finished";

interface Way {
  name: string;
  title: string;
  items: number;
  n: number;
  seconds: number;
  certainty: number | null;
  right?: number;
  low?: number;
  high?: number;
  claimed?: number;
}

interface Compared {
  rows: Way[];
  answers: number;
  gold: number;
  gold_unassisted: number;
}

export function WaysDialog({ project, onClose }: { project: Project; onClose(): void }) {
  const { questions, policy } = project.spec;
  const [question, setQuestion] = useState(questions[0]?.name ?? "");
  const compare = useMutation({
    mutationFn: async () => (await finished(await api.post<Job>(`/projects/${project.id}/resolve/compare`, { question }))).result as unknown as Compared,
  });
  const used = policy.resolve.questions[question]?.aggregator ?? policy.resolve.aggregator;
  const found = compare.data;
  return (
    <Dialog title="How several answers become one" size="wide" onClose={onClose}>
      <div className={css.ways}>
        <div className={css.fixFoot}>
          <Select
            data-first aria-label="Question" w={240} value={question} allowDeselect={false} onChange={(name) => setQuestion(name ?? question)}
            data={questions.map((q) => ({ value: q.name, label: q.title ?? q.name }))} comboboxProps={{ withinPortal: false }}
          />
          <Button kind="primary" busy={compare.isPending} onClick={() => compare.mutate()}>Compare</Button>
        </div>
        <ErrorNote error={compare.error} />
        {found ? (
          <>
            <p>
              {count(found.answers)} answers. {found.gold === 0 ? "No item has gold yet: what you accept in review is gold." : `${count(found.gold)} items have gold, ${count(found.gold_unassisted)} of it made without suggestions.`}
            </p>
            <table>
              <thead><tr><th>Way</th><th>Right, where gold is known</th><th>Items</th><th>Claims</th><th>CPU</th></tr></thead>
              <tbody>
                {found.rows.map((row) => (
                  <tr key={row.name} data-used={row.name === used || undefined}>
                    <th scope="row">{row.title}{row.name === used ? <span className="dim"> in use</span> : null}</th>
                    <td>{row.right === undefined ? <span className="dim">no gold</span> : <><Interval low={row.low ?? 0} high={row.high ?? 1} value={row.right} /> {percent(row.right)} <span className="dim">({percent(row.low ?? 0)} to {percent(row.high ?? 1)})</span></>}</td>
                    <td>{count(row.n)}</td>
                    <td>{row.claimed === undefined ? "" : percent(row.claimed)}</td>
                    <td>{row.seconds.toFixed(2)} s</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className="dim">Claims: how sure the way says it is on the same items. Near what is right is honest. Choose the way under Settings.</p>
          </>
        ) : <p className="dim">Runs every way over all answers. Right is what agrees with gold by the question's own measure.</p>}
      </div>
    </Dialog>
  );
}
