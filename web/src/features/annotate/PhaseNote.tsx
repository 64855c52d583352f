/** What the middle shows when there is no item: loading, nothing left, or what went wrong. */
import { Link } from "@tanstack/react-router";
import { ApiError } from "../../api/client";
import { manages, seesData } from "../../lib/rights";
import { Button, buttonLook, Empty, ErrorNote, Skeleton } from "../../ui";
import { plural } from "../../ui/format";
import { useOutboxStatus } from "./SavedChip";
import css from "./workbench.module.css";
import { useBench, useDesk } from "./session";

export function Waiting() {
  return (
    <div className={css.waiting} aria-busy="true" aria-label="Loading the next item">
      <Skeleton width="70%" height={18} />
      <Skeleton width="88%" height={18} />
      <Skeleton width="54%" height={18} />
    </div>
  );
}

export function PhaseNote() {
  const { supply, desk } = useBench();
  const phase = useDesk((s) => s.phase);
  const error = useDesk((s) => s.error);
  const again = () => {
    desk.setState({ phase: "loading", error: null });
    void supply.ask();
  };
  const { online, queued } = useOutboxStatus();
  if (phase === "failed" && (!online || isAway(error))) return <Away kept={queued} onAgain={again} />;
  if (phase === "failed") return <div className={css.center}><ErrorNote error={error} onRetry={again} /></div>;
  if (phase === "empty") return <NothingLeft onAgain={again} />;
  return <Waiting />;
}

function isAway(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || (error.status >= 502 && error.status <= 504));
}

function Away({ kept, onAgain }: { kept: number; onAgain(): void }) {
  const safe = kept > 0 ? `${plural(kept, "answer is", "answers are")} kept in this browser and will be sent by themselves. ` : "";
  return (
    <Empty
      title="The server cannot be reached" text={`${safe}New items come as soon as it is back.`}
      action={<Button onClick={onAgain}>Try now</Button>}
    />
  );
}

function NothingLeft({ onAgain }: { onAgain(): void }) {
  const { project } = useBench();
  const finished = useDesk((s) => s.finished);
  const params = { projectId: project.id };
  if (project.counts.items === 0) {
    const action = manages(project.my_role)
      ? <Link to="/p/$projectId/import" params={params} {...buttonLook("primary")}>Import data</Link>
      : <Button onClick={onAgain}>Look again</Button>;
    return <Empty title="No items yet" text="Bring in texts or images, and they appear here one by one." action={action} />;
  }
  const text = finished > 0
    ? `You finished ${finished} in this session. Items that others hold now may come free later. Ctrl+Z goes back to your last one.`
    : "Every item is answered, or lent to somebody else at this moment. Look again later.";
  return (
    <Empty
      title="Nothing left to label for you" text={text}
      action={
        <div className={css.row}>
          <Button onClick={onAgain}>Look again</Button>
          {seesData(project.my_role) ? <Link to="/p/$projectId/data" params={params} {...buttonLook("primary")}>See the answers</Link> : null}
        </div>
      }
    />
  );
}
