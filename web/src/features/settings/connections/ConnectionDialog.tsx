/** Connect a model or change a connection. A key can be typed in and is never shown again. */
import { Checkbox, Modal, NumberInput, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import type { Connection, Provider } from "../../../api/types";
import { Button, ErrorNote, Note } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";
import css from "./connections.module.css";
import { bodyOf, choicesOf, emptyForm, formOf, type ConnectionForm } from "./form";

interface Props {
  providers: Provider[];
  /** The connection to change; null: a new one. */
  connection: Connection | null;
  onClose(): void;
}

const FIRST = ["base_url", "file", "mmproj", "rules"];

export function ConnectionDialog({ providers, connection, onClose }: Props) {
  const choices = choicesOf(providers);
  const [chosen, setChosen] = useState(choices[0]);
  const [form, setForm] = useState<ConnectionForm | null>(() => (connection ? formOf(connection) : chosen ? emptyForm(chosen) : null));
  const provider = connection ? providers.find((one) => one.name === connection.plugin) : chosen?.provider;
  const save = useSave(connection, onClose);
  if (form === null) return null;
  const set = (part: Partial<ConnectionForm>) => setForm({ ...form, ...part });
  const body = bodyOf(form, connection);
  const names = Object.keys(provider?.fields ?? form.settings);
  const first = names.filter((name) => FIRST.includes(name));
  const setting = (name: string) => (
    <Setting key={name} name={name} about={provider?.fields[name] ?? ""} value={form.settings[name] ?? ""} onChange={(value) => set({ settings: { ...form.settings, [name]: value } })} />
  );
  const ready = body !== null && form.name.trim() !== "" && (!provider?.takes_model || form.model.trim() !== "") && !provider?.missing;
  return (
    <Modal opened onClose={onClose} title={connection ? `Edit ${connection.name}` : "Connect a model"} size={640} centered>
      <form
        className={layout.stack} autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (body) save.mutate(body);
        }}
      >
        {connection ? null : (
          <Select
            label="Server" value={chosen?.id ?? null} allowDeselect={false} description={chosen?.hint || provider?.title}
            data={choices.map((one) => ({ value: one.id, label: one.title }))}
            onChange={(id) => {
              const found = choices.find((one) => one.id === id);
              if (!found) return;
              setChosen(found);
              setForm({ ...emptyForm(found), name: form.name });
            }}
          />
        )}
        {provider?.missing ? (
          <Note tone="warn">
            This kind needs something that is not installed. On the server: <code>{provider.missing}</code>
          </Note>
        ) : null}
        <div className={layout.two}>
          <TextInput
            label="Name" description="What projects call it." placeholder="for example small-local" value={form.name} data-autofocus
            onChange={(event) => set({ name: event.currentTarget.value.replace(/[^\w.-]/g, "-") })}
          />
          {provider?.takes_model ? (
            <TextInput
              label="Model" description="Its name, as the server knows it." value={form.model} onChange={(event) => set({ model: event.currentTarget.value })}
            />
          ) : null}
        </div>
        {first.map(setting)}
        {provider?.name === "scripted" || provider?.name === "replay" || provider?.name === "gguf" ? null : (
          <PasswordInput
            label="Key" value={form.key} autoComplete="new-password" placeholder={connection?.has_key ? "stored; type a new one to replace it" : ""}
            description="Stored encrypted, never shown again, and sent to this server only." onChange={(event) => set({ key: event.currentTarget.value })}
          />
        )}
        <Checkbox
          label="It runs on a machine of ours" checked={form.local} onChange={(event) => set({ local: event.currentTarget.checked })}
          description="Projects that allow only local models may then ask it."
        />
        <details className={css.more}>
          <summary>Prices and limits</summary>
          <PricesAndLimits form={form} onChange={set} />
        </details>
        {names.length > first.length ? (
          <details className={css.more}>
            <summary>Further settings</summary>
            <div className={layout.stack}>{names.filter((name) => !first.includes(name)).map(setting)}</div>
          </details>
        ) : null}
        <ErrorNote error={save.error} />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.isPending} disabled={!ready}>
            {connection ? "Save" : "Connect and test"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Setting({ name, about, value, onChange }: { name: string; about: string; value: string; onChange(value: string): void }) {
  const label = name.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase()).replace("Base url", "Address");
  const shared = { label, description: about, value, spellCheck: false };
  return name === "rules" || /^\s*[[{]/.test(value) ? (
    <Textarea {...shared} autosize minRows={2} maxRows={10} styles={{ input: { fontFamily: "var(--mono)" } }} onChange={(event) => onChange(event.currentTarget.value)} />
  ) : (
    <TextInput {...shared} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

function PricesAndLimits({ form, onChange }: { form: ConnectionForm; onChange(part: Partial<ConnectionForm>): void }) {
  const field = (name: "input" | "output" | "cached" | "concurrency" | "perMinute" | "tokensPerMinute" | "seconds", label: string, help?: string) => (
    <NumberInput
      label={label} description={help} value={form[name]} min={0} hideControls inputWrapperOrder={["label", "input", "description"]}
      onChange={(value) => onChange({ [name]: typeof value === "number" ? value : "" })}
    />
  );
  return (
    <div className={layout.stack}>
      <div className={layout.two}>
        {field("input", "Input, per million tokens")}
        {field("output", "Output, per million tokens")}
        {field("cached", "Cached input, per million tokens", "Empty: as other input.")}
        <TextInput label="Currency" value={form.currency} maxLength={8} onChange={(event) => onChange({ currency: event.currentTarget.value })} />
      </div>
      <p className={layout.help}>Without prices, a run can be bounded in tokens only.</p>
      <div className={layout.two}>
        {field("concurrency", "Calls at once", "Empty: 16. It adapts when the server says “slow down”.")}
        {field("seconds", "Longest time for an answer, in seconds", "Empty: 120.")}
        {field("perMinute", "Requests per minute", "Empty: no known limit.")}
        {field("tokensPerMinute", "Tokens per minute", "Empty: no known limit.")}
      </div>
      <Checkbox
        label="Record its calls" checked={form.record} onChange={(event) => onChange({ record: event.currentTarget.checked })}
        description="Requests and answers are written to a file in the workspace, for the kind “Recorded answers”. They hold the items’ content."
      />
    </div>
  );
}

/** Save, then test a new connection at once: its report is the first thing to look at. */
function useSave(connection: Connection | null, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Record<string, unknown>) => {
      if (connection) return api.patch<Connection>(`/connections/${connection.id}`, body);
      const made = await api.post<Connection>("/connections", body);
      await api.post(`/connections/${made.id}/test`).catch(() => null);
      return made;
    },
    onSuccess: ({ name }) => {
      void client.invalidateQueries({ queryKey: ["connections"] });
      void client.invalidateQueries({ queryKey: ["ledger"] });
      notify(connection ? `Saved ${name}.` : `Connected ${name}.`);
      onDone();
    },
  });
}
