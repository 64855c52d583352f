/** Set up a judge: which kind, which question and rubric, which models, and when it speaks. */
import { Checkbox, Modal, MultiSelect, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { kindsQuery } from "../../api/queries";
import type { Judge, Live, Project, RubricView } from "../../api/types";
import { Button, ErrorNote, Note } from "../../ui";
import layout from "../../ui/layout.module.css";
import { connectionsOf, withConnections } from "./judgeConfig";
import { useConnections } from "./useConnections";

interface DialogProps {
  project: Project;
  rubrics: readonly RubricView[];
  /** The judge to change; null: a new one. */
  judge: Judge | null;
  onClose(): void;
}

const LIVE: { value: Live; label: string }[] = [
  { value: "off", label: "Not while people work" },
  { value: "asked", label: "When the annotator asks" },
  { value: "paused", label: "When the annotator pauses" },
];

export function JudgeDialog({ project, rubrics, judge, onClose }: DialogProps) {
  const kinds = useQuery(kindsQuery).data?.judges ?? [];
  const connections = useConnections();
  const [plugin, setPlugin] = useState(judge?.plugin ?? "rubric");
  const [question, setQuestion] = useState(judge?.question ?? textQuestion(project));
  const [rubric, setRubric] = useState(judge?.rubric ?? rubrics[0]?.name ?? "");
  const [name, setName] = useState(judge?.name ?? "");
  const [config, setConfig] = useState<Record<string, unknown>>(judge?.config ?? {});
  const [live, setLive] = useState<Live>(judge?.live ?? "off");
  const [after, setAfter] = useState(judge?.after ?? false);
  const kind = kinds.find((k) => k.name === plugin);
  const chosen = connectionsOf(plugin, config);
  const free = name.trim() || `${rubric}-${plugin}`.slice(0, 64);
  const save = useSave(project.id, judge, onClose);
  const compares = kind?.compares ?? judge?.compares ?? false;
  const unable = connections.names?.length === 0;
  return (
    <Modal opened onClose={onClose} title={judge ? `Edit ${judge.name}` : "Add a judge"} size={600} centered>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ plugin, name: free, question, rubric, config, live: compares ? "off" : live, after: !compares && after });
        }}
      >
        {unable ? <Note tone="warn">No model is connected yet. The owner of the workspace connects one first.</Note> : null}
        <div className={layout.two}>
          <Select
            label="Kind of judge" disabled={judge !== null} value={plugin} allowDeselect={false} onChange={(v) => v && setPlugin(v)}
            data={kinds.map((k) => ({ value: k.name, label: k.title }))}
          />
          <Select
            label="Question" disabled={judge !== null} value={question} allowDeselect={false} onChange={(v) => v && setQuestion(v)}
            data={project.spec.questions.map((q) => ({ value: q.name, label: q.title ?? q.name }))}
          />
          <Select
            label="Rubric" value={rubric} allowDeselect={false} onChange={(v) => v && setRubric(v)}
            data={rubrics.map((r) => ({ value: r.name, label: `${r.name} v${r.version}` }))}
          />
          <TextInput
            label="Name" placeholder={free} value={name} onChange={(event) => setName(event.currentTarget.value.replace(/[^\w-]/g, "-"))}
          />
        </div>
        <MultiSelect
          label={plugin === "panel" ? "Connected models, two or more" : "Connected model"}
          description="Best another family than the model that makes suggestions: a judge is mild with its own kind."
          data={connections.names ?? chosen} value={chosen} maxValues={plugin === "panel" ? 7 : 1} error={connections.error ?? undefined}
          onChange={(value) => setConfig(withConnections(plugin, config, value))} searchable
        />
        <Textarea
          label="Further instructions" description="Beyond the rubric and the project's guidelines, which it gets anyway." autosize minRows={2} maxRows={8}
          value={typeof config.instructions === "string" ? config.instructions : ""}
          onChange={(event) => setConfig({ ...config, instructions: event.currentTarget.value })}
        />
        {compares ? null : (
          <div className={layout.two}>
            <NumberInput
              label="Answers of the model for each verdict" description="More than one gives a distribution where the server tells no probabilities."
              min={1} max={20} value={typeof config.samples === "number" ? config.samples : 1}
              onChange={(value) => setConfig({ ...config, samples: typeof value === "number" ? value : 1 })}
            />
            <Select
              label="Live advice" description="Shown beside the item; never holds up a submit." value={live} allowDeselect={false} data={LIVE}
              onChange={(v) => v && setLive(v as Live)}
            />
          </div>
        )}
        {compares ? null : (
          <Checkbox
            label="Look at each new answer after it was given, and flag what fails" checked={after}
            onChange={(event) => setAfter(event.currentTarget.checked)}
          />
        )}
        {judge && judge.audits > 0 ? <p className={layout.help}>Another model, rubric or setting makes it a judge that was not tested yet.</p> : null}
        <ErrorNote error={save.error} />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.isPending} disabled={rubric === "" || chosen.length < (plugin === "panel" ? 2 : 1)}>
            {judge ? "Save" : "Add judge"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Open answers need a judge most. */
function textQuestion(project: Project): string {
  const { questions } = project.spec;
  return (questions.find((q) => q.shape === "text") ?? questions[0])?.name ?? "";
}

interface Saved {
  plugin: string;
  name: string;
  question: string;
  rubric: string;
  config: Record<string, unknown>;
  live: Live;
  after: boolean;
}

function useSave(project: number, judge: Judge | null, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ plugin, question, ...rest }: Saved) => {
      if (!judge) return api.post<Judge>(`/projects/${project}/judges`, { plugin, question, ...rest });
      const { rubric, ...others } = rest;
      return api.patch<Judge>(`/projects/${project}/judges/${judge.id}`, rubric === judge.rubric ? others : rest);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["judges", project] });
      onDone();
    },
  });
}
