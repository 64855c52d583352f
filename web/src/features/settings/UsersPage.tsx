/** The people of this workspace: add, change roles, set a new password, switch off. */
import { Menu, PasswordInput, Select, TextInput } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { meQuery, usersQuery } from "../../api/queries";
import type { Role, User } from "../../api/types";
import { ROLES } from "../../lib/rights";
import { Button, ErrorNote, IconButton, Panel, Skeleton } from "../../ui";
import { day } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import { NewPassword } from "./NewPassword";

type Change = Partial<Pick<User, "name" | "role" | "active">> & { password?: string };

const MEANING: Record<Role, string> = {
  annotator: "works in the projects they are a member of",
  reviewer: "works in the projects they are a member of",
  manager: "may also create projects",
  owner: "may do everything, everywhere",
};

export function UsersPage() {
  const users = useQuery(usersQuery);
  const me = useQuery(meQuery).data;
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ id, ...rest }: Change & { id: number }) => api.patch<User>(`/users/${id}`, rest),
    onSettled: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
  const [renewing, setRenewing] = useState<User | null>(null);
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>People</h1>
          <p>Everybody who can sign in. What they may do inside a project is set in its settings.</p>
        </div>
      </div>
      <div className={layout.stack}>
        <ErrorNote error={users.error ?? change.error} />
        <Panel flush>
          <div className={layout.scroll}>
            <table className={layout.table}>
              <thead>
                <tr>
                  <th>Login</th>
                  <th>Name</th>
                  <th>Role in the workspace</th>
                  <th>Since</th>
                  <th style={{ width: 44 }}>
                    <span className="visually-hidden">More</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {(users.data ?? []).map((user) => (
                  <tr key={user.id} style={{ opacity: user.active ? 1 : 0.6 }}>
                    <td>
                      {user.login}
                      {user.active ? null : " (switched off)"}
                    </td>
                    <td>{user.name}</td>
                    <td>
                      <RoleSelect
                        label={`Role of ${user.login}`} value={user.role} disabled={user.id === me?.user.id}
                        onChange={(role) => change.mutate({ id: user.id, role })}
                      />
                    </td>
                    <td>{day(user.created_at)}</td>
                    <td>
                      {user.id === me?.user.id ? null : (
                        <Menu>
                          <Menu.Target>
                            <IconButton label={`More for ${user.login}`}>
                              <IconDots size={16} />
                            </IconButton>
                          </Menu.Target>
                          <Menu.Dropdown>
                            <Menu.Item onClick={() => setRenewing(user)}>Set a new password</Menu.Item>
                            <Menu.Item onClick={() => change.mutate({ id: user.id, active: !user.active })}>
                              {user.active ? "Switch off" : "Switch on"}
                            </Menu.Item>
                          </Menu.Dropdown>
                        </Menu>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {users.isPending ? <Skeleton height={80} /> : null}
        </Panel>
        <AddPerson />
      </div>
      <NewPassword
        user={renewing} onClose={() => setRenewing(null)}
        onSave={(password) => renewing && change.mutate({ id: renewing.id, password }, { onSuccess: () => notify("New password set.") })}
      />
    </div>
  );
}

interface RoleSelectProps {
  label: string;
  value: Role;
  disabled?: boolean;
  visible?: boolean;
  onChange(role: Role): void;
}

function RoleSelect({ label, value, disabled, visible, onChange }: RoleSelectProps) {
  return (
    <Select
      label={visible ? label : undefined} aria-label={label} value={value} disabled={disabled} allowDeselect={false}
      data={ROLES.map((role) => ({ value: role, label: role }))} onChange={(role) => role && onChange(role as Role)}
      renderOption={({ option }) => (
        <div>
          <div>{option.label}</div>
          <div className={layout.help}>{MEANING[option.value as Role]}</div>
        </div>
      )}
    />
  );
}

function AddPerson() {
  const empty = { login: "", name: "", password: "", role: "annotator" as Role };
  const [form, setForm] = useState(empty);
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: () => api.post<User>("/users", form),
    onSuccess: () => {
      setForm(empty);
      void client.invalidateQueries({ queryKey: ["users"] });
      notify("Person added. Tell them their login and first password.");
    },
  });
  return (
    <Panel title="Add a person">
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <div className={layout.two}>
          <TextInput label="Login" value={form.login} autoComplete="off" onChange={(event) => setForm({ ...form, login: event.currentTarget.value })} />
          <TextInput label="Name" value={form.name} autoComplete="off" onChange={(event) => setForm({ ...form, name: event.currentTarget.value })} />
          <PasswordInput
            label="First password" value={form.password} autoComplete="new-password"
            onChange={(event) => setForm({ ...form, password: event.currentTarget.value })}
          />
          <RoleSelect visible label="Role in the workspace" value={form.role} onChange={(role) => setForm({ ...form, role })} />
        </div>
        <ErrorNote error={add.error} />
        <div>
          <Button type="submit" busy={add.isPending} disabled={!form.login.trim() || form.password.length < 8}>
            Add person
          </Button>
        </div>
      </form>
    </Panel>
  );
}
