/** Other voices that answer the same item: another connected model, other instructions, or both. */
import { Select, Textarea } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { connectionsQuery } from "../../../api/modelQueries";
import { Button, IconButton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import css from "./llm.module.css";
import type { Member } from "./llmConfig";

export function CommitteeEditor({ members, disabled, onChange }: { members: Member[]; disabled: boolean; onChange(members: Member[]): void }) {
  const connections = (useQuery(connectionsQuery).data ?? []).filter((one) => one.enabled);
  const set = (at: number, change: Partial<Member>) => onChange(members.map((member, index) => (index === at ? { ...member, ...change } : member)));
  return (
    <div className={`${layout.stack} ${layout.tight}`} role="group" aria-label="Committee">
      {members.map((member, at) => (
        <div key={at} className={css.member}>
          <Select
            aria-label={`Model of member ${at + 1}`} placeholder="the same model" clearable disabled={disabled} value={member.connection || null}
            data={connections.map((one) => one.name)} onChange={(connection) => set(at, { connection: connection ?? "" })}
          />
          <Textarea
            aria-label={`Instructions of member ${at + 1}`} placeholder="the same instructions" autosize minRows={1} maxRows={6}
            value={member.instructions ?? ""} onChange={(event) => set(at, { instructions: event.currentTarget.value || null })}
          />
          <IconButton label={`Remove member ${at + 1}`} disabled={disabled} onClick={() => onChange(members.filter((_, index) => index !== at))}>
            <IconTrash size={15} />
          </IconButton>
        </div>
      ))}
      <div>
        <Button size="small" disabled={disabled} onClick={() => onChange([...members, { connection: "", instructions: null }])}>
          Add a member
        </Button>
      </div>
    </div>
  );
}
