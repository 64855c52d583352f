/** Your own account: name, password, look, keys, and tokens for programs. */
import { PasswordInput, SegmentedControl, Switch, TextInput, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { meQuery } from "../../api/queries";
import type { Me, User, UserSettings } from "../../api/types";
import { Button, ErrorNote, Panel, Skeleton } from "../../ui";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import { TokensPanel } from "./TokensPanel";

interface Change {
  name?: string;
  password?: string;
  old_password?: string;
  settings?: UserSettings;
}

function useSaveMe(said: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) => api.patch<Me | User>("/me", change),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["me"] });
      notify(said);
    },
  });
}

export function AccountPage() {
  const me = useQuery(meQuery).data;
  return (
    <div className={`${layout.page} ${layout.narrow}`}>
      <div className={layout.pageHead}>
        <div>
          <h1>Account</h1>
          {me ? <p>Signed in as {me.user.login}</p> : null}
        </div>
      </div>
      {me ? (
        <div className={layout.stack}>
          <NamePanel user={me.user} />
          <LookPanel settings={me.user.settings ?? {}} />
          <PasswordPanel />
          <TokensPanel />
        </div>
      ) : (
        <Skeleton height={200} />
      )}
    </div>
  );
}

function NamePanel({ user }: { user: User }) {
  const [name, setName] = useState(user.name);
  const save = useSaveMe("Name saved.");
  return (
    <Panel title="Name">
      <form
        className={`${layout.row} ${layout.bottom}`}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ name });
        }}
      >
        <TextInput className={layout.grow} label="Shown to others" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button type="submit" busy={save.isPending} disabled={name === user.name}>
          Save
        </Button>
      </form>
      <ErrorNote error={save.error} />
    </Panel>
  );
}

function LookPanel({ settings }: { settings: UserSettings }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const save = useSaveMe("Saved.");
  const singleKeys = settings.single_keys !== false;
  return (
    <Panel title="Look and keys">
      <div className={layout.stack}>
        <div className={layout.row}>
          <div className={layout.grow}>
            <h3>Theme</h3>
            <p className={layout.help}>Kept in this browser.</p>
          </div>
          <SegmentedControl
            aria-label="Theme" value={colorScheme} onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
            data={[
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" },
              { value: "auto", label: "As the system" },
            ]}
          />
        </div>
        <div className={layout.row}>
          <div className={layout.grow}>
            <h3>Single-key shortcuts</h3>
            <p className={layout.help}>
              Letters and digits act at once while you label. Switch them off if you dictate or type with a screen reader; Ctrl+Enter and the
              buttons keep working. Single keys can be changed in the list of keys (?).
            </p>
          </div>
          <Switch
            aria-label="Single-key shortcuts" checked={singleKeys} disabled={save.isPending}
            onChange={(event) => save.mutate({ settings: { ...settings, single_keys: event.currentTarget.checked } })}
          />
        </div>
        <ErrorNote error={save.error} />
      </div>
    </Panel>
  );
}

function PasswordPanel() {
  const [before, setBefore] = useState("");
  const [next, setNext] = useState("");
  const save = useSaveMe("Password changed.");
  const submit = () =>
    save.mutate(
      { password: next, old_password: before },
      {
        onSuccess: () => {
          setBefore("");
          setNext("");
        },
      },
    );
  return (
    <Panel title="Password">
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className={layout.two}>
          <PasswordInput
            label="Present password" autoComplete="current-password" value={before} onChange={(event) => setBefore(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password" autoComplete="new-password" value={next} onChange={(event) => setNext(event.currentTarget.value)}
            error={next !== "" && next.length < 8 ? "8 characters or more." : undefined}
          />
        </div>
        <ErrorNote error={save.error} />
        <div>
          <Button type="submit" busy={save.isPending} disabled={before === "" || next.length < 8}>
            Change password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
