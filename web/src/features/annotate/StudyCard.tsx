/** What a person in a study sees between items: welcome, the start of a block, how it was, and the end. It tells no results. */
import { NumberInput, Radio, Slider, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { api } from "../../api/client";
import { myPartQuery } from "../../api/queries";
import type { MyPart } from "../../api/types";
import { Button, ErrorNote } from "../../ui";
import { plural } from "../../ui/format";
import { useBench, useDesk } from "./session";
import css from "./study.module.css";

const Markdown = lazy(() => import("../../ui/Markdown"));

const SCALES: readonly { title: string; low: string; high: string }[] = [
  { title: "How mentally demanding was it?", low: "very low", high: "very high" },
  { title: "How physically demanding was it?", low: "very low", high: "very high" },
  { title: "How hurried was the pace?", low: "very low", high: "very high" },
  { title: "How well did you do?", low: "perfectly", high: "failed" },
  { title: "How hard did you have to work for it?", low: "very low", high: "very high" },
  { title: "How insecure, irritated or annoyed were you?", low: "very low", high: "very high" },
];
const TRUST = ["I trusted the help.", "The help was useful.", "I stayed in control of the answers."] as const;

type Step = { phase: string; attitude?: number; form?: { tlx: number[]; trust: number[]; comment?: string }; closing?: { saving: Record<string, number>; comment?: string } };

/** My part in a study, kept in step with what I have finished. */
export function useMyPart(): MyPart | undefined {
  const { project } = useBench();
  const client = useQueryClient();
  const out = useDesk((s) => s.phase === "empty");
  const part = useQuery({
    ...myPartQuery(project.id),
    // The last answer of a block may still be on its way when the items run out.
    refetchInterval: ({ state }) => (out && state.data?.phase === "working" ? 1000 : false),
  }).data;
  useEffect(() => {
    if (out) void client.invalidateQueries({ queryKey: ["my-part", project.id] });
  }, [client, out, project.id]);
  return part;
}

export function StudyCard({ part }: { part: MyPart }) {
  const { project, supply, desk } = useBench();
  const client = useQueryClient();
  const step = useMutation({
    mutationFn: (given: Step) => api.post<MyPart>(`/projects/${project.id}/study`, given),
    onSuccess: (next) => {
      if (part.phase === "welcome") return location.reload();
      void client.invalidateQueries({ queryKey: ["assistant", project.id] });
      client.setQueryData(myPartQuery(project.id).queryKey, next);
      if (next.phase !== "working" && next.phase !== "none") return;
      desk.setState({ phase: "loading", error: null });
      void supply.ask();
    },
  });
  const go = (given: Omit<Step, "phase"> = {}) => step.mutate({ phase: part.phase, ...given });
  return (
    <section className={css.card} aria-label="Study">
      <p className={css.where}>{part.study}{part.blocks > 0 && part.block > 0 ? ` · block ${part.block} of ${part.blocks}` : ""}</p>
      {part.phase === "welcome" ? <Welcome part={part} busy={step.isPending} onGo={(attitude) => go({ attitude })} /> : null}
      {part.phase === "ready" ? <Ready part={part} busy={step.isPending} onGo={() => go()} /> : null}
      {part.phase === "form" ? <HowWasIt key={part.block} part={part} busy={step.isPending} onGo={(form) => go({ form })} /> : null}
      {part.phase === "closing" ? <Closing part={part} busy={step.isPending} onGo={(closing) => go({ closing })} /> : null}
      <ErrorNote error={step.error} />
    </section>
  );
}

function Welcome({ part, busy, onGo }: { part: MyPart; busy: boolean; onGo(attitude: number | undefined): void }) {
  const [attitude, setAttitude] = useState<number>();
  return (
    <>
      <h2>You take part in a study</h2>
      {part.welcome ? <Suspense fallback={null}><Markdown text={part.welcome} /></Suspense> : null}
      <p>
        {plural(part.items, "item")}, in {plural(part.blocks, "block")}; between blocks you can rest. What help is at hand may differ from block to block. How long items
        take you is measured, with pauses left out. Until you have finished, you see no answers of others.
      </p>
      <Five label="How glad are you to have a model help you with such work?" low="not at all" high="very" value={attitude} onChange={setAttitude} />
      <Button kind="primary" size="large" busy={busy} onClick={() => onGo(attitude)}>Begin</Button>
    </>
  );
}

function Ready({ part, busy, onGo }: { part: MyPart; busy: boolean; onGo(): void }) {
  const warm = part.block === 0;
  return (
    <>
      <h2>{warm ? "First, some items to warm up" : part.block === 1 ? "The first block" : "Rest a little; then the next block"}</h2>
      <p>{plural(part.total, "item")}. {warm ? "They do not count. No help from models." : part.arm ? `At hand: ${part.arm.title}.` : "What is at hand differs from item to item."}</p>
      {part.arm?.note ? <p>{part.arm.note}</p> : null}
      <Button kind="primary" size="large" busy={busy} onClick={onGo}>{warm ? "Warm up" : "Begin the block"}</Button>
    </>
  );
}

function HowWasIt({ part, busy, onGo }: { part: MyPart; busy: boolean; onGo(form: { tlx: number[]; trust: number[]; comment: string }): void }) {
  const [tlx, setTlx] = useState<(number | null)[]>(SCALES.map(() => null));
  const [trust, setTrust] = useState<(number | undefined)[]>(TRUST.map(() => undefined));
  const [comment, setComment] = useState("");
  const rated = tlx.filter((v) => v !== null);
  const told = trust.filter((v) => v !== undefined);
  const whole = rated.length === SCALES.length && (!part.asks_trust || told.length === TRUST.length);
  return (
    <>
      <h2>How was this block?</h2>
      {SCALES.map((scale, at) => (
        <div key={scale.title} className={css.scale}>
          <span id={`tlx-${at}`}>{scale.title}</span>
          <Slider
            aria-labelledby={`tlx-${at}`} thumbLabel={scale.title} min={0} max={100} step={5} value={tlx[at] ?? 50} data-untouched={tlx[at] === null || undefined}
            label={null} onChange={(value) => setTlx(tlx.map((old, k) => (k === at ? value : old)))} className={css.slider}
          />
          <span className={css.ends}><span>{scale.low}</span><b>{tlx[at] ?? "–"}</b><span>{scale.high}</span></span>
        </div>
      ))}
      {part.asks_trust ? TRUST.map((title, at) => (
        <Five key={title} label={title} low="not at all" high="fully" value={trust[at]} onChange={(value) => setTrust(trust.map((old, k) => (k === at ? value : old)))} />
      )) : null}
      <Textarea label="Anything else?" autosize value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
      <Button kind="primary" size="large" busy={busy} disabled={!whole} onClick={() => onGo({ tlx: rated, trust: told, comment })}>Go on</Button>
      {whole ? null : <p className="dim">Rate each line to go on.</p>}
    </>
  );
}

function Closing({ part, busy, onGo }: { part: MyPart; busy: boolean; onGo(closing: { saving: Record<string, number>; comment: string }): void }) {
  const [saving, setSaving] = useState<Record<string, number>>({});
  const [comment, setComment] = useState("");
  return (
    <>
      <h2>One last question</h2>
      <p>How much time do you think the help saved you, against working without it? Less than 0 if it cost you time.</p>
      {part.helped.map((arm) => (
        <NumberInput
          key={arm.name} label={arm.title} suffix=" %" min={-1000} max={100} allowDecimal={false} value={saving[arm.name] ?? ""}
          onChange={(value) => typeof value === "number" && setSaving({ ...saving, [arm.name]: value })}
        />
      ))}
      <Textarea label="Anything else?" autosize value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
      <Button kind="primary" size="large" busy={busy} onClick={() => onGo({ saving, comment })}>Finish</Button>
    </>
  );
}

function Five({ label, low, high, value, onChange }: { label: string; low: string; high: string; value: number | undefined; onChange(value: number): void }): ReactNode {
  return (
    <Radio.Group label={label} value={value === undefined ? null : String(value)} onChange={(text) => onChange(Number(text))}>
      <div className={css.five}>
        <small>{low}</small>
        {[1, 2, 3, 4, 5].map((n) => <Radio key={n} value={String(n)} label={String(n)} />)}
        <small>{high}</small>
      </div>
    </Radio.Group>
  );
}
