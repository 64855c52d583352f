/** Which of two answers to the same item is better, by a judge that is asked in both orders. */
import { Modal, NumberInput, Select, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { itemQuery } from "../../api/queries";
import type { Annotation, Judge, JudgeAdvice, Project, Question } from "../../api/types";
import { widgets } from "../../tasks";
import { Button, ErrorNote, Note, Skeleton } from "../../ui";
import { brief } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./judges.module.css";
import { PairResult } from "./PairResult";

const OWN = "own";
/** Numbers of items begin anew in each project; ids do not. */
const PER_PROJECT = 1_000_000_000;

export function PairDialog({ project, judge, onClose }: { project: Project; judge: Judge; onClose(): void }) {
  const client = useQueryClient();
  const [number, setNumber] = useState<number | null>(1);
  const id = project.id * PER_PROJECT + (number ?? 0);
  const item = useQuery({ ...itemQuery(project.id, id), enabled: number !== null && number > 0, retry: false });
  const question = project.spec.questions.find((q) => q.name === judge.question);
  const [first, setFirst] = useState<Side>({ from: null, text: "" });
  const [second, setSecond] = useState<Side>({ from: null, text: "" });
  const given = (item.data?.annotations ?? []).filter((a) => a.question === judge.question && a.role !== "suggestion");
  const [a, b] = [valueOf(first, given), valueOf(second, given)];
  const compare = useMutation({
    mutationFn: () => api.post<JudgeAdvice>(`/projects/${project.id}/judges/${judge.id}/compare`, { item_id: id, value: a, other: b }),
    onSuccess: () => {
      for (const key of ["judges", "verdicts"]) void client.invalidateQueries({ queryKey: [key, project.id] });
    },
  });
  const choose = (set: (side: Side) => void) => (side: Side) => {
    compare.reset();
    set(side);
  };
  const renumber = (value: number | string) => {
    compare.reset();
    setNumber(typeof value === "number" ? value : null);
    for (const set of [setFirst, setSecond]) set({ from: null, text: "" });
  };
  return (
    <Modal opened onClose={onClose} title={`Two answers before ${judge.name}`} centered size={720}>
      <div className={layout.stack}>
        <NumberInput label="Item" description="Its number in the project." min={1} value={number ?? ""} onChange={renumber} style={{ maxWidth: 160 }} />
        {item.isLoading ? <Skeleton height={44} /> : null}
        <ErrorNote error={item.error} />
        {item.data ? <p className={css.excerpt}>{brief(Object.values(item.data.item.data)[0], 300)}</p> : null}
        {item.data ? (
          <div className={css.pair}>
            <Choice name="First answer" question={question} given={given} side={first} onChange={choose(setFirst)} />
            <Choice name="Second answer" question={question} given={given} side={second} onChange={choose(setSecond)} />
          </div>
        ) : null}
        <ErrorNote error={compare.error} />
        {compare.data && !compare.data.verdict ? <Note>No judge speaks about this item.</Note> : null}
        {compare.data?.verdict ? <PairResult project={project} view={compare.data.verdict} /> : null}
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Close</Button>
          <Button kind="primary" busy={compare.isPending} disabled={a === undefined || b === undefined} onClick={() => compare.mutate()}>
            {compare.data ? "Compare again" : "Compare"}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

interface Side {
  /** The id of an answer, or "own" for words of one's own. */
  from: string | null;
  text: string;
}

function valueOf({ from, text }: Side, given: readonly Annotation[]): unknown {
  if (from === OWN) return text.trim() === "" ? undefined : text;
  return given.find((one) => String(one.id) === from)?.value;
}

interface ChoiceProps {
  name: string;
  question: Question | undefined;
  given: readonly Annotation[];
  side: Side;
  onChange(side: Side): void;
}

function Choice({ name, question, given, side, onChange }: ChoiceProps) {
  const widget = question && widgets[question.type];
  const chosen = given.find((one) => String(one.id) === side.from);
  const words = question?.shape === "text" ? [{ value: OWN, label: "Words of my own" }] : [];
  const data = [...given.map((one, k) => ({ value: String(one.id), label: `${k + 1}. ${brief(one.value, 60)}` })), ...words];
  return (
    <div className={layout.stack}>
      <Select
        label={name} placeholder={data.length === 0 ? "This item has no answer yet" : "Choose"} disabled={data.length === 0} data={data} value={side.from}
        onChange={(from) => onChange({ ...side, from })}
      />
      {side.from === OWN ? <Textarea aria-label={`${name} in words`} autosize minRows={3} maxRows={10} value={side.text} onChange={(event) => onChange({ ...side, text: event.currentTarget.value })} /> : null}
      {chosen && question && widget ? <div className={css.chosen}><widget.View question={question} value={chosen.value} /></div> : null}
    </div>
  );
}
