/** Quiet word on whether everything has reached the server. */
import { IconAlertTriangle, IconCheck, IconCloudOff, IconRefresh } from "@tabler/icons-react";
import { useSyncExternalStore, type ReactNode } from "react";
import type { OutboxStatus } from "../../lib/outbox";
import { useBench } from "./session";
import css from "./workbench.module.css";

export function useOutboxStatus(): OutboxStatus {
  const { outbox } = useBench();
  return useSyncExternalStore(outbox.subscribe, outbox.status);
}

export function SavedChip({ onOpen }: { onOpen(): void }) {
  const status = useOutboxStatus();
  const { tone, text, icon, hint } = wording(status);
  return (
    <button type="button" className={css.chip} data-tone={tone} title={hint} onClick={onOpen}>
      {icon}
      <span>{text}</span>
    </button>
  );
}

interface Wording {
  tone: "ok" | "busy" | "warn" | "danger";
  text: string;
  hint: string;
  icon: ReactNode;
}

function wording({ queued, parked, online, signedOut }: OutboxStatus): Wording {
  const safe = "Kept in this browser until the server has it.";
  if (parked > 0) {
    return { tone: "danger", text: parked === 1 ? "1 needs attention" : `${parked} need attention`, hint: "The server refused something. Click to see why.", icon: <IconAlertTriangle size={14} /> };
  }
  if (signedOut) return { tone: "warn", text: "Sign in to save", hint: `${queued} waiting. ${safe}`, icon: <IconAlertTriangle size={14} /> };
  if (!online) return { tone: "warn", text: queued > 0 ? `Offline · ${queued} kept` : "Offline", hint: safe, icon: <IconCloudOff size={14} /> };
  if (queued > 0) return { tone: "busy", text: `${queued} queued`, hint: safe, icon: <IconRefresh size={14} /> };
  return { tone: "ok", text: "Saved", hint: "Everything has reached the server.", icon: <IconCheck size={14} /> };
}
