/** What I labelled last, newest first; a click opens the item again. */
import { useEffect, useState } from "react";
import { loadRecent, type RecentRecord } from "../../lib/drafts";
import { widgets } from "../../tasks";
import { Empty } from "../../ui";
import { ago, count } from "../../ui/format";
import { Pace } from "./Pace";
import { isEmpty, useBench, useDesk } from "./session";
import css from "./workbench.module.css";

export function History() {
  const { user, project } = useBench();
  const done = useDesk((s) => s.done);
  const [recent, setRecent] = useState<RecentRecord[]>([]);
  useEffect(() => void loadRecent(user, project.id).then(setRecent, () => setRecent([])), [user, project.id, done]);
  return (
    <>
      <Pace />
      {recent.length > 0 ? <Recent recent={recent} /> : <Empty title="Nothing yet" text="What you submit or skip here is listed, and opens again with a click." />}
    </>
  );
}

function Recent({ recent }: { recent: readonly RecentRecord[] }) {
  const { desk } = useBench();
  const openId = useDesk((s) => s.open?.work.item.id);
  return (
    <ol className={css.history} aria-label="My last items">
      {recent.map((record) => (
        <li key={record.item_id}>
          <button type="button" aria-current={record.item_id === openId || undefined} onClick={() => void desk.openById(record.item_id)}>
            <span className={css.historyHead}><span>#{count(record.ord)}</span><span>{ago(record.at / 1000)}</span></span>
            <span className={css.excerpt} dir="auto">{record.excerpt}</span>
            <span className={css.given}>{record.kind === "skipped" ? <em>skipped</em> : <Given record={record} />}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Given({ record }: { record: RecentRecord }) {
  const { questions } = useBench().project.spec;
  return questions.map((question) => {
    const View = widgets[question.type]?.View;
    const value = record.values[question.name];
    return View && !isEmpty(question, value) ? <View key={question.name} question={question} value={value} /> : null;
  });
}
