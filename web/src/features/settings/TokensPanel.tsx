/** Tokens with which programs sign in as you. A new one is shown once. */
import { CopyButton, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { tokensQuery } from "../../api/queries";
import type { Token } from "../../api/types";
import { Button, ErrorNote, IconButton, Note, Panel } from "../../ui";
import { ago, day } from "../../ui/format";
import layout from "../../ui/layout.module.css";

export function TokensPanel() {
  const tokens = useQuery(tokensQuery);
  const client = useQueryClient();
  const [name, setName] = useState("");
  const again = () => client.invalidateQueries({ queryKey: ["tokens"] });
  const create = useMutation({
    mutationFn: () => api.post<Token & { token: string }>("/tokens", { name }),
    onSuccess: () => {
      setName("");
      void again();
    },
  });
  const revoke = useMutation({ mutationFn: (id: number) => api.delete(`/tokens/${id}`), onSettled: again });
  return (
    <Panel title="API tokens">
      <div className={layout.stack}>
        <p className="dim">A program that sends a token acts as you. Give each program its own, so that you can revoke one.</p>
        <form
          className={`${layout.row} ${layout.bottom}`}
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <TextInput
            className={layout.grow} label="What is it for?" placeholder="for example nightly import" value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" busy={create.isPending} disabled={!name.trim()}>
            Create token
          </Button>
        </form>
        <ErrorNote error={tokens.error ?? create.error ?? revoke.error} />
        {create.data ? <NewToken token={create.data.token} /> : null}
        {tokens.data && tokens.data.length > 0 ? (
          <table className={layout.table}>
            <thead>
              <tr>
                <th>Token</th>
                <th>Created</th>
                <th>Last used</th>
                <th style={{ width: 44 }}>
                  <span className="visually-hidden">Revoke</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tokens.data.map((token) => (
                <tr key={token.id}>
                  <td>{token.name}</td>
                  <td>{day(token.created_at)}</td>
                  <td>{token.last_used_at ? ago(token.last_used_at) : "never"}</td>
                  <td>
                    <IconButton label={`Revoke ${token.name}`} onClick={() => revoke.mutate(token.id)}>
                      <IconTrash size={15} />
                    </IconButton>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </div>
    </Panel>
  );
}

function NewToken({ token }: { token: string }) {
  return (
    <Note tone="ok">
      <p>Copy the token now; it is not shown again.</p>
      <div className={layout.row} style={{ marginTop: 6 }}>
        <code className={layout.grow} style={{ overflowWrap: "anywhere", userSelect: "all" }}>
          {token}
        </code>
        <CopyButton value={token}>
          {({ copied, copy }) => (
            <Button size="small" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </div>
    </Note>
  );
}
