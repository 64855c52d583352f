/**
 * Keeps what was submitted on its way from whichever page is open, and says on pages other than the workbench if something is stuck.
 * The workbench has a mark of its own.
 */
import { IconAlertTriangle, IconCloudOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { meQuery } from "../api/queries";
import type { Outbox } from "../lib/outbox";
import { outboxFor } from "../lib/own-outbox";
import { Button } from "../ui";

export function Unsent({ shown }: { shown: boolean }) {
  const me = useQuery(meQuery).data;
  const user = me?.user.id;
  const outbox = useMemo(() => (user === undefined ? null : outboxFor(user)), [user]);
  useEffect(() => outbox?.wake(), [outbox, me]);
  return outbox && shown ? <Stuck outbox={outbox} /> : null;
}

function Stuck({ outbox }: { outbox: Outbox }) {
  const { queued, parked, online } = useSyncExternalStore(outbox.subscribe, outbox.status);
  const navigate = useNavigate();
  const toWorkbench = async () => {
    const first = (await outbox.entries()).find((entry) => entry.state === "parked");
    if (first) await navigate({ to: "/p/$projectId/label", params: { projectId: first.project } });
  };
  if (parked > 0) {
    return (
      <Button kind="quiet" size="small" title="The server refused something. The workbench shows why." onClick={() => void toWorkbench()}>
        <IconAlertTriangle size={14} aria-hidden />
        {parked === 1 ? "1 answer needs attention" : `${parked} answers need attention`}
      </Button>
    );
  }
  if (queued === 0 || online) return null;
  return (
    <Button kind="quiet" size="small" title="Kept in this browser until the server has it. Click to try again now." onClick={outbox.wake}>
      <IconCloudOff size={14} aria-hidden />
      {queued} not saved yet
    </Button>
  );
}
