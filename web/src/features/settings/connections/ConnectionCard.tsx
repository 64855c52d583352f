/** One connected model: what it is, what it can do, and the buttons to test, change or remove it. */
import { Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import type { Connection, Probe } from "../../../api/types";
import { Button, ErrorNote, IconButton } from "../../../ui";
import { brief, plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { Confirm } from "../../../ui/Confirm";
import { notify } from "../../../ui/notify";
import css from "./connections.module.css";
import { ProbeReport } from "./ProbeReport";

export function ConnectionCard({ connection, onEdit }: { connection: Connection; onEdit(): void }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [open, setOpen] = useState(false);
  const at = `/connections/${connection.id}`;
  const again = () => Promise.all([client.invalidateQueries({ queryKey: ["connections"] }), client.invalidateQueries({ queryKey: ["ledger"] })]);
  const test = useMutation({ mutationFn: () => api.post<Probe>(`${at}/test`), onSuccess: () => setOpen(true), onSettled: again });
  const change = useMutation({ mutationFn: (enabled: boolean) => api.patch(at, { enabled }), onSettled: again });
  const forget = useMutation({
    mutationFn: () => api.post<{ forgotten: number }>(`${at}/forget-answers`),
    onSuccess: ({ forgotten }) => notify(`${plural(forgotten, "kept answer")} forgotten.`),
  });
  const remove = useMutation({ mutationFn: () => api.delete(at), onSettled: again });
  return (
    <article className={css.card} aria-label={connection.name}>
      <div className={`${layout.stack} ${layout.tight}`}>
        <div className={layout.row}>
          <div className={layout.grow} style={{ opacity: connection.enabled ? 1 : 0.6 }}>
            <h3 className={layout.cut}>{connection.name}</h3>
            <div className={css.facts}>
              <span>{connection.title}</span>
              {connection.model ? <span className={layout.cut}>{connection.model}</span> : null}
              <span>{connection.local ? "on a machine of yours" : "elsewhere: data leaves this machine"}</span>
              <span>{connection.has_key ? "key stored" : "no key"}</span>
              <span>{priceText(connection)}</span>
              <span className={css.state} data-state={stateOf(connection)}>{STATES[stateOf(connection)]}</span>
            </div>
          </div>
          {connection.probe ? (
            <Button size="small" kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? "Hide report" : "Report"}
            </Button>
          ) : null}
          <Button size="small" busy={test.isPending} disabled={!connection.enabled} onClick={() => test.mutate()}>
            {test.isPending ? "Testing" : "Test"}
          </Button>
          <Button size="small" onClick={onEdit}>
            Edit
          </Button>
          <Menu>
            <Menu.Target>
              <IconButton label={`More for ${connection.name}`}>
                <IconDots size={16} />
              </IconButton>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => change.mutate(!connection.enabled)}>{connection.enabled ? "Switch off" : "Switch on"}</Menu.Item>
              <Menu.Item onClick={() => forget.mutate()}>Forget kept answers</Menu.Item>
              <Menu.Item color="red" onClick={() => setAsking(true)}>
                Remove
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
        {!open && stateOf(connection) === "failed" && why(connection) ? <p className={css.why}>{brief(why(connection), 240)}</p> : null}
        <ErrorNote error={test.error ?? change.error ?? forget.error ?? remove.error} />
        {open && connection.probe ? <ProbeReport probe={connection.probe} currency={currencyOf(connection.prices)} /> : null}
      </div>
      <Confirm
        open={asking} title={`Remove ${connection.name}?`} action="Remove" onClose={() => setAsking(false)} onConfirm={() => remove.mutate()}
        text="Its key is deleted, and models of projects that ask it will fail until they name another one. What it wrote stays, and so does the ledger."
      />
    </article>
  );
}

function priceText({ prices, local }: Connection): string {
  const { input, output } = prices;
  if (typeof input !== "number" || typeof output !== "number") return local ? "costs nothing" : "no prices entered";
  return `${input} in, ${output} out ${currencyOf(prices)} per million tokens`;
}

function currencyOf(prices: Connection["prices"]): string {
  return typeof prices.currency === "string" ? prices.currency : "USD";
}

type State = "off" | "untested" | "answered" | "failed";

const STATES: Record<State, string> = { off: "switched off", untested: "not tested yet", answered: "answered when tested", failed: "failed when tested" };

function stateOf(connection: Connection): State {
  if (!connection.enabled) return "off";
  if (!connection.tested) return "untested";
  return connection.ok ? "answered" : "failed";
}

/** What the test found amiss, first. */
const why = (connection: Connection): string => connection.probe?.checks.find((check) => check.state === "no")?.message ?? "";
