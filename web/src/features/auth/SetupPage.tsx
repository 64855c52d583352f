/** First start: the one page that makes the owner's account. */
import { PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { api, ApiError } from "../../api/client";
import type { Session } from "../../api/types";
import { Button, ErrorNote } from "../../ui";
import { beginSession, passwordTrouble } from "./enter";
import { EntryCard } from "./EntryCard";

const PLACES = ["login", "password", "name"];

export function SetupPage() {
  const [form, setForm] = useState({ login: "", name: "", password: "" });
  const [tried, setTried] = useState(false);
  const navigate = useNavigate();
  const setup = useMutation({
    mutationFn: () => api.post<Session>("/setup", { ...form, name: form.name || undefined }),
    onSuccess: (session) => {
      beginSession(session);
      void navigate({ to: "/" });
    },
  });
  const set = (name: keyof typeof form) => (event: FormEvent<HTMLInputElement>) =>
    setForm({ ...form, [name]: event.currentTarget.value });
  const said = (name: string) =>
    setup.error instanceof ApiError && setup.error.place === name ? setup.error.message : undefined;
  const elsewhere = setup.error instanceof ApiError && PLACES.includes(setup.error.place ?? "") ? null : setup.error;
  const trouble = tried ? passwordTrouble(form.password) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (passwordTrouble(form.password) === null) setup.mutate();
  };
  return (
    <EntryCard title="Welcome" lead="Make your account. You become the owner of this workspace and can invite others later.">
      <form onSubmit={submit}>
        <TextInput
          label="Login" placeholder="for example ada" value={form.login} onChange={set("login")} error={said("login")}
          autoComplete="username" autoCapitalize="none" spellCheck={false} required withAsterisk={false} autoFocus
        />
        <TextInput
          label="Name" description="Shown to the people you work with. You can leave it out." value={form.name}
          onChange={set("name")} error={said("name")} autoComplete="name"
        />
        <PasswordInput
          label="Password" description="8 characters or more." value={form.password} onChange={set("password")}
          error={trouble ?? said("password")} autoComplete="new-password" required withAsterisk={false}
        />
        <ErrorNote error={elsewhere} />
        <Button type="submit" kind="primary" size="large" wide busy={setup.isPending}>
          {setup.isPending ? "Creating…" : "Create account"}
        </Button>
      </form>
    </EntryCard>
  );
}
