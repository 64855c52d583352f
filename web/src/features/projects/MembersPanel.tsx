/** Who works in this project, and as what. */
import { Select } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { membersQuery, usersQuery } from "../../api/queries";
import type { Role } from "../../api/types";
import { ROLES, roleMeaning } from "../../lib/rights";
import { Button, ErrorNote, IconButton, Panel, Skeleton } from "../../ui";
import layout from "../../ui/layout.module.css";

type Change = { user: number; role: Role | null };

export function MembersPanel({ project }: { project: number }) {
  const members = useQuery(membersQuery(project));
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ user, role }: Change) => {
      const path = `/projects/${project}/members/${user}`;
      return role ? api.put<unknown>(path, { role }) : api.delete<unknown>(path);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["members", project] }),
  });
  return (
    <Panel title="Members" id="members">
      <div className={layout.stack}>
        <ErrorNote error={members.error ?? change.error} />
        {members.isPending ? <Skeleton height={60} /> : null}
        {members.data && members.data.length > 0 ? (
          <table className={layout.table}>
            <thead>
              <tr>
                <th>Person</th>
                <th style={{ width: 380 }}>Role</th>
                <th style={{ width: 44 }}>
                  <span className="visually-hidden">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {members.data.map(({ user, role }) => (
                <tr key={user.id}>
                  <td>
                    {user.name || user.login} {user.name ? <span className="dim">{user.login}</span> : null}
                  </td>
                  <td>
                    <RoleSelect label={`Role of ${user.login}`} value={role} onChange={(next) => change.mutate({ user: user.id, role: next })} />
                  </td>
                  <td>
                    <IconButton label={`Remove ${user.login}`} onClick={() => change.mutate({ user: user.id, role: null })}>
                      <IconTrash size={15} />
                    </IconButton>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        <AddMember
          project={project} taken={(members.data ?? []).map((member) => member.user.id)} busy={change.isPending}
          onAdd={(user, role) => change.mutate({ user, role })}
        />
      </div>
    </Panel>
  );
}

function RoleSelect({ label, value, onChange }: { label: string; value: Role; onChange(role: Role): void }) {
  const data = ROLES.map((role) => ({ value: role, label: role }));
  return (
    <Select
      aria-label={label} data={data} value={value} allowDeselect={false} onChange={(role) => role && onChange(role as Role)}
      renderOption={({ option }) => (
        <div>
          <div>{option.label}</div>
          <div className={layout.help}>{roleMeaning[option.value as Role]}</div>
        </div>
      )}
    />
  );
}

interface AddProps {
  project: number;
  taken: number[];
  busy: boolean;
  onAdd(user: number, role: Role): void;
}

function AddMember({ taken, busy, onAdd }: AddProps) {
  const users = useQuery({ ...usersQuery, retry: false });
  const [user, setUser] = useState<string | null>(null);
  const [role, setRole] = useState<Role>("annotator");
  const free = (users.data ?? []).filter((one) => one.active && !taken.includes(one.id));
  if (users.data && free.length === 0) return <p className={layout.help}>Everybody in this workspace is a member already.</p>;
  return (
    <div className={`${layout.row} ${layout.bottom}`}>
      <Select
        className={layout.grow} label="Add a person" placeholder="Choose" searchable value={user} onChange={setUser}
        data={free.map((one) => ({ value: String(one.id), label: one.name ? `${one.name} (${one.login})` : one.login }))}
      />
      <RoleSelect label="Role" value={role} onChange={setRole} />
      <Button
        disabled={user === null} busy={busy}
        onClick={() => {
          onAdd(Number(user), role);
          setUser(null);
        }}
      >
        Add
      </Button>
    </div>
  );
}
