/** What to compare, on which items, for how much at most. */
import { Checkbox, Modal, NumberInput, Radio, TextInput } from "@mantine/core";
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { connectionsQuery, promptsQuery } from "../../../api/modelQueries";
import type { Comparison, Model, NewComparison, Project } from "../../../api/types";
import { Button, ErrorNote, Note } from "../../../ui";
import { plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { currencyOf } from "../llm/connections";
import { callsPerItem, connectionNames, readConfig } from "../llm/llmConfig";
import css from "./studio.module.css";

type What = NewComparison["what"];

const WHATS: { value: What; title: string; text: string }[] = [
  { value: "answered", title: "Answered items", text: "Those that people answered without a suggestion on the screen. For trying out." },
  { value: "gold", title: "Items with gold", text: "Outside of the blind slice. For trying out." },
  { value: "sample", title: "Any items", text: "Drawn from all; shows where the answers differ, answered or not." },
  { value: "blind", title: "Blind answers", text: "The final test: figures only, no items, and every look is counted." },
];
const MOST_ARMS = 6;

interface Props {
  project: Project;
  model: Model;
  models: Model[];
  onClose(): void;
  onStarted(comparison: number): void;
}

export function CompareDialog({ project, model, models, onClose, onStarted }: Props) {
  const others = models.filter((one) => one.plugin === model.plugin && one.question === model.question);
  const prompts = useQueries({ queries: others.map((one) => promptsQuery(project.id, one.id)) });
  const choices = others.flatMap((one, at) => (prompts[at]?.data ?? []).map((prompt) => ({ model: one, prompt })));
  const usual = choices.filter((one) => one.model.id === model.id).slice(0, 2).map((one) => keyOf(one.model.id, one.prompt.version));
  const [picked, setPicked] = useState<string[] | null>(null);
  const arms = picked ?? usual;
  const [what, setWhat] = useState<What>("answered");
  const [n, setN] = useState(100);
  const [assisted, setAssisted] = useState(false);
  const [tokens, setTokens] = useState<number | "">(500_000);
  const [money, setMoney] = useState<number | "">("");
  const [note, setNote] = useState("");
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => {
      const body: NewComparison = {
        arms: arms.map(armOf), what, n, item_ids: [], assisted: what === "answered" && assisted, note,
        budget: { tokens: tokens === "" ? null : tokens, money: money === "" ? null : money },
      };
      return api.post<Comparison>(`/projects/${project.id}/comparisons`, body);
    },
    onSuccess: (made) => {
      onStarted(made.id);
      onClose();
    },
    onSettled: () => {
      for (const key of ["comparisons", "jobs"]) void client.invalidateQueries({ queryKey: [key, project.id] });
    },
  });
  const calls = choices.filter((one) => arms.includes(keyOf(one.model.id, one.prompt.version))).reduce((sum, one) => sum + callsPerItem(readConfig(one.prompt.config)), 0) * n;
  const connections = useQuery(connectionsQuery).data ?? [];
  const asked = new Set(choices.filter((one) => arms.includes(keyOf(one.model.id, one.prompt.version))).flatMap((one) => connectionNames(readConfig(one.prompt.config))));
  const currencies = [...new Set(connections.filter((one) => asked.has(one.name)).map(currencyOf))];
  return (
    <Modal opened onClose={onClose} title="Compare versions and models" centered size={640}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Checkbox.Group label="What" description={`Two or more, ${MOST_ARMS} at most; each answers the same items.`} value={arms} onChange={setPicked}>
          <div className={css.choices}>
            {choices.map((one) => {
              const key = keyOf(one.model.id, one.prompt.version);
              return (
                <Checkbox
                  key={key} value={key} size="xs" disabled={!arms.includes(key) && arms.length >= MOST_ARMS}
                  label={`${others.length > 1 ? `${one.model.name} ` : ""}version ${one.prompt.version}${one.prompt.in_use ? " (in use)" : ""}`} description={one.prompt.note || undefined}
                />
              );
            })}
          </div>
        </Checkbox.Group>
        <Radio.Group label="On" value={what} onChange={(value) => setWhat(value as What)}>
          <div className={css.choices}>
            {WHATS.map((one) => (
              <Radio key={one.value} value={one.value} label={one.title} description={one.text} size="xs" />
            ))}
          </div>
        </Radio.Group>
        {what === "answered" ? (
          <Checkbox
            size="xs" label="Also answers given with a suggestion on the screen" description="They lean towards what was suggested; a model that suggested it looks better than it is."
            checked={assisted} onChange={(event) => setAssisted(event.currentTarget.checked)}
          />
        ) : null}
        {what === "blind" ? <Note>Keep this for the version that you mean to use. The more often it is looked at, the stricter the test becomes.</Note> : null}
        <div className={layout.two}>
          <NumberInput label="Items" description={`At most 2,000; about ${plural(calls, "call")}.`} min={1} max={2000} value={n} onChange={(value) => setN(typeof value === "number" ? value : 1)} />
          <NumberInput label="Tokens at most" description="Empty: no bound." min={1} thousandSeparator="," value={tokens} onChange={(value) => setTokens(typeof value === "number" ? value : "")} />
          <NumberInput label="Money at most" description={currencies.length === 1 ? `In ${currencies[0]}. Empty: no bound.` : currencies.length > 1 ? `The models are paid in ${currencies.join(" and ")}: bound the tokens.` : "Needs prices at the connection."} min={0} step={0.5} decimalScale={4} value={money} onChange={(value) => setMoney(typeof value === "number" ? value : "")} />
        </div>
        <TextInput label="Note" placeholder="does the shorter prompt still know returns?" maxLength={500} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <ErrorNote error={start.error} />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={start.isPending} disabled={arms.length === 0 || (tokens === "" && money === "")}>
            Compare
          </Button>
        </div>
      </form>
    </Modal>
  );
}

const keyOf = (model: number, version: number) => `${model}:${version}`;

function armOf(key: string): { model: number; version: number } {
  const [model = 0, version = 0] = key.split(":").map(Number);
  return { model, version };
}
