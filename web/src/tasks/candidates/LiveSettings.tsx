/** Which connected models write the candidates while people work, and what they are asked. */
import { ActionIcon, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { connectionsQuery } from "../../api/modelQueries";
import type { Field } from "../../api/types";
import { Button, Note } from "../../ui";
import css from "./candidates.module.css";
import { tidyLive, type Contender, type Live } from "./live";

const MOST_MODELS = 20;
const TEXTS = ["text", "markdown", "html", "chat", "image", "audio", "video", "document"];

export interface LiveSettingsProps {
  live: Live;
  /** Fields that the prompt may name. */
  fields: readonly Field[];
  /** How many candidates the question compares: two, or as many as there are. */
  pair: boolean;
  onChange(live: Record<string, unknown>): void;
}

export function LiveSettings({ live, fields, pair, onChange }: LiveSettingsProps) {
  const connections = useQuery({ ...connectionsQuery, retry: false }).data ?? [];
  const set = (change: Partial<Live>) => onChange(tidyLive({ ...live, ...change }));
  const setModel = (at: number, change: Partial<Contender>) => set({ models: live.models.map((one, i) => (i === at ? { ...one, ...change } : one)) });
  const names = connections.map((one) => one.name);
  const missing = live.models.map((one) => one.connection).filter((name) => name !== "" && !names.includes(name));
  const choices = [
    ...connections.map((one) => ({ value: one.name, label: `${one.name}${one.model && one.model !== one.name ? `, ${one.model}` : ""}${one.local ? " (local)" : ""}` })),
    ...[...new Set(missing)].map((name) => ({ value: name, label: `${name} (not connected)` })),
  ];
  const usable = fields.filter((field) => TEXTS.includes(field.kind));
  return (
    <div className={css.live}>
      {live.models.map((model, at) => (
        <div key={at} className={css.writer}>
          <Select
            label={at === 0 ? "Models" : undefined} aria-label={`Model ${at + 1}`} data={choices} value={model.connection || null} searchable placeholder="A connected model"
            onChange={(name) => setModel(at, { connection: name ?? "", name: "" })}
          />
          <TextInput
            label={at === 0 ? "Called in exports" : undefined} aria-label={`Name of model ${at + 1}`} value={model.name ?? ""} maxLength={80} placeholder={model.connection || "its own name"}
            onChange={(event) => setModel(at, { name: event.currentTarget.value })}
          />
          <NumberInput
            label={at === 0 ? "Temperature" : undefined} aria-label={`Temperature of model ${at + 1}`} value={model.temperature ?? ""} min={0} max={2} step={0.1} decimalScale={2} placeholder="usual"
            onChange={(value) => setModel(at, { temperature: typeof value === "number" ? value : null })}
          />
          <ActionIcon
            variant="subtle" color="gray" aria-label={`Remove model ${at + 1}`} disabled={live.models.length <= 2}
            onClick={() => set({ models: live.models.filter((_, i) => i !== at) })}
          >
            <IconTrash size={16} />
          </ActionIcon>
          <Textarea
            className={css.ownSystem} aria-label={`System prompt of model ${at + 1}`} autosize minRows={1} value={model.system ?? ""} placeholder="A system prompt of its own (empty: the one below)"
            onChange={(event) => setModel(at, { system: event.currentTarget.value === "" ? null : event.currentTarget.value })}
          />
        </div>
      ))}
      <div>
        <Button size="small" icon={<IconPlus size={15} aria-hidden />} disabled={live.models.length >= MOST_MODELS} onClick={() => set({ models: [...live.models, { connection: "" }] })}>Add a model</Button>
      </div>
      {missing.length > 0 ? <Note tone="warn">Not connected: {missing.join(", ")}. Connect it under this name, or choose another model.</Note> : null}
      <p className={css.hint}>One model may stand here several times with another temperature or system prompt. The project’s rules on data must allow each of them.</p>
      <Textarea
        label="Prompt" description={`What all of them are asked about an item. ${usable.map((field) => `{{${field.name}}}`).join(" ")} ${usable.length === 1 ? "stands for its field" : "stand for its fields"}.`} autosize minRows={2} maxRows={14}
        value={live.prompt} placeholder={usable[0] ? `{{${usable[0].name}}}` : "{{field}}"} onChange={(event) => set({ prompt: event.currentTarget.value })}
      />
      <Textarea label="System prompt" autosize minRows={1} maxRows={10} value={live.system} onChange={(event) => set({ system: event.currentTarget.value })} />
      <div className={css.numbers}>
        <NumberInput label="Longest answer" min={1} max={32_000} allowDecimal={false} suffix=" tokens" thousandSeparator="," value={live.max_tokens} onChange={(n) => typeof n === "number" && set({ max_tokens: n })} />
        <NumberInput label="Follow-ups" description="How often a person may write on." min={0} max={20} allowDecimal={false} value={live.follow_ups} onChange={(n) => typeof n === "number" && set({ follow_ups: n })} />
        {pair || live.models.length < 3 ? null : (
          <NumberInput label="Answers for each item" description="Fewer than models: drawn by chance." min={2} max={live.models.length} allowDecimal={false} value={live.draw || live.models.length} onChange={(n) => typeof n === "number" && set({ draw: n })} />
        )}
      </div>
      {pair && live.models.length > 2 ? <p className={css.hint}>Two of the {live.models.length} models are drawn by chance for each item.</p> : null}
    </div>
  );
}
