/** How long and how many keys an answer of mine takes, with and without a suggestion on the screen. */
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { components } from "../../api/schema";
import { count } from "../../ui/format";
import { paceLines, type PaceLine } from "./logic/pace";
import { useBench, useDesk } from "./session";
import css from "./workbench.module.css";

type EffortLine = components["schemas"]["EffortLine"];

/** New figures are asked for after this many items. */
const EVERY = 5;

export function Pace() {
  const { project } = useBench();
  const finished = useDesk((s) => Math.floor(s.finished / EVERY));
  const found = useQuery({
    queryKey: ["effort", project.id, finished], placeholderData: (before: EffortLine[] | undefined) => before,
    queryFn: () => api.get<EffortLine[]>(`/projects/${project.id}/effort`, { mine: true }),
  });
  const lines = paceLines(found.data ?? [], project.spec.questions);
  if (lines.length === 0) return null;
  return (
    <table className={css.pace}>
      <caption>Your pace, medians</caption>
      <thead className="visually-hidden"><tr><th>Question</th><th>Active seconds</th><th>Keys and clicks</th><th>Answers</th></tr></thead>
      <tbody>{lines.map((line) => <PaceRow key={line.title + line.how} line={line} />)}</tbody>
    </table>
  );
}

function PaceRow({ line }: { line: PaceLine }) {
  return (
    <tr>
      <th scope="row" title={`${line.title}, ${line.how}`}><span>{line.title}</span> <small>{line.how}</small></th>
      <td>{line.seconds === null ? "–" : `${line.seconds} s`}</td>
      <td>{line.keys === null ? "–" : `${line.keys} ${line.keys === "1" ? "key" : "keys"}`}</td>
      <td title={`From ${count(line.n)} answers`}>n {count(line.n)}</td>
    </tr>
  );
}
