/** Sign in, then go where you wanted to go. */
import { PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { api } from "../../api/client";
import type { Session } from "../../api/types";
import { Button, ErrorNote } from "../../ui";
import { beginSession } from "./enter";
import { EntryCard } from "./EntryCard";

const route = getRouteApi("/login");

export function LoginPage() {
  const { to } = route.useSearch();
  const router = useRouter();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => api.post<Session>("/login", { login, password }),
    onSuccess: (session) => {
      beginSession(session);
      router.history.push(to ?? router.options.basepath ?? "/");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <EntryCard
      title="Sign in"
      lead={to ? "Your session ended. Sign in to go on where you were." : "Good to see you."}
      foot="Forgotten your password? An owner of this workspace can set a new one."
    >
      <form onSubmit={submit}>
        <TextInput
          label="Login" value={login} onChange={(event) => setLogin(event.currentTarget.value)} autoComplete="username"
          autoCapitalize="none" spellCheck={false} required withAsterisk={false} autoFocus
        />
        <PasswordInput
          label="Password" value={password} onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password" required withAsterisk={false}
        />
        <ErrorNote error={signIn.error} />
        <Button type="submit" kind="primary" size="large" wide busy={signIn.isPending}>
          {signIn.isPending ? "Signing in…" : "Sign in"}
        </Button>
      </form>
    </EntryCard>
  );
}
