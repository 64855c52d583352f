/** The assistant beside the item: what it offers, what it says while it says it, and what it proposes, dashed until taken. */
import { Link } from "@tanstack/react-router";
import { IconArrowUpRight, IconCheck, IconPlayerStop, IconSend, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useState, type CSSProperties, type KeyboardEvent } from "react";
import type { AssistKind, Question } from "../../api/types";
import { OFFERS } from "../../commands/groups/assistant";
import { useKey } from "../../commands/live";
import { manages } from "../../lib/rights";
import { widgets } from "../../tasks";
import { Button, buttonLook, Empty, ErrorNote, IconButton, Note, Skeleton } from "../../ui";
import css from "./assistant.module.css";
import { useRows } from "./hooks";
import { partDetail, partLook } from "./labels";
import type { Part } from "./logic/assistant";
import type { Row } from "./logic/suggestions";
import { useAssist, useBench, useDesk } from "./session";
import { ASSISTANT_BOX, useHelp, type Help } from "./useAssistant";

const Markdown = lazy(() => import("../../ui/Markdown"));

interface PanelProps {
  /** Opens the guide where a passage stands. */
  onGuide(passage: { text: string; heading: string }): void;
}

export function AssistantPanel({ onGuide }: PanelProps) {
  const help = useHelp();
  const open = useDesk((s) => s.open);
  const phase = useAssist((s) => s.phase);
  if (!help.view) return help.trouble ? <ErrorNote error={help.trouble} onRetry={help.again} /> : <Skeleton height={120} />;
  if (!help.view.available) return <NoAssistant reason={help.view.reason} none={help.view.connection === null} />;
  if (!open) return <p className="dim">Open an item first.</p>;
  return (
    <div className={css.panel}>
      <Offers help={help} />
      <div className={css.answer} role="log" aria-live="polite" aria-busy={phase === "waiting" || phase === "streaming"} aria-label="Answer of the assistant">
        {phase === "idle" ? <p className={css.hint}>It proposes, you decide. Nothing is written unless you take it.</p> : <Answer help={help} onGuide={onGuide} />}
      </div>
      <Box help={help} key={open.work.item.id} />
    </div>
  );
}

function NoAssistant({ reason, none }: { reason: string; none: boolean }) {
  const { project } = useBench();
  const manager = manages(project.my_role);
  const text = none
    ? manager ? "Connect a model, then choose it in the project's settings. It drafts, explains and answers from the guidelines." : "Whoever manages the project can set one up."
    : reason;
  return (
    <Empty
      title={none ? "No assistant in this project" : "The assistant is not available"} text={text}
      action={manager ? <Link to="/p/$projectId/settings" params={{ projectId: project.id }} {...buttonLook("plain", "small")}>Open the settings</Link> : undefined}
    />
  );
}

/** One button for each thing it offers for this question, with its key. */
function Offers({ help }: { help: Help }) {
  const offered = new Set(help.view?.offers[help.question?.name ?? ""] ?? []);
  const { project } = useBench();
  const several = project.spec.questions.length > 1;
  return (
    <div className={css.offers} role="group" aria-label="What the assistant can do">
      {several ? <p className={css.about}>About <b>{help.question?.title ?? help.question?.name}</b></p> : null}
      {OFFERS.filter((o) => offered.has(o.kind)).map((offer) => <Offer key={offer.kind} {...offer} help={help} />)}
    </div>
  );
}

/** Why something is offered but not possible now. */
const MISSING: Record<AssistKind, string> = {
  draft: "Give your own first answer; then it may help with it.",
  explain: "No suggestion for this question is on the screen.",
  guide: "",
  check: "Answer the question first.",
  rewrite: "Write something first.",
};

function Offer({ kind, title, help }: { kind: AssistKind; title: string; help: Help }) {
  const { assistant } = useBench();
  const keys = useKey(`assistant.${kind}`) ?? undefined;
  const ask = () => {
    if (kind !== "rewrite") return help.ask(kind);
    assistant.store.setState({ box: kind });
    document.getElementById(ASSISTANT_BOX)?.focus();
  };
  const ready = help.ready.has(kind);
  return <Button size="small" className={css.offer} keys={keys} disabled={!ready} title={ready ? undefined : MISSING[kind]} onClick={ask}>{title}</Button>;
}

function Answer({ help, onGuide }: PanelProps & { help: Help }) {
  const { assistant } = useBench();
  const { phase, wish, parts, unproven, again, error } = useAssist((s) => s);
  const stopKey = useKey("assistant.stop") ?? undefined;
  const busy = phase === "waiting" || phase === "streaming";
  const title = OFFERS.find((o) => o.kind === wish?.kind)?.title;
  return (
    <>
      <header className={css.head}>
        <h3>{title}</h3>
        {busy ? (
          <Button size="small" kind="quiet" icon={<IconPlayerStop size={14} />} keys={stopKey} onClick={() => assistant.stop()}>Stop</Button>
        ) : (
          <IconButton size="small" label="Close the answer" onClick={() => assistant.clear()}><IconX size={14} /></IconButton>
        )}
      </header>
      {wish?.text ? <p className={css.asked} dir="auto">{wish.text}</p> : null}
      {parts.map((part, i) => <PartView key={i} part={part} growing={busy && i === parts.length - 1} onGuide={onGuide} />)}
      {phase === "waiting" || (busy && parts.length === 0) ? <p className={css.waiting}><i aria-hidden />Waiting for the first word</p> : null}
      {again && busy ? <p className="dim">The first draft did not fit the question. Asking once more.</p> : null}
      {unproven > 0 ? <p className={css.unproven}>{unproven === 1 ? "One passage" : `${unproven} passages`} that it gave as a quotation does not stand in the guidelines; read it as its own words.</p> : null}
      {phase === "stopped" ? <p className="dim">Stopped.</p> : null}
      {phase === "unavailable" ? <p className="dim">{error}</p> : null}
      {phase === "failed" && error ? <Note tone="danger">{error}</Note> : null}
      <Proposal help={help} />
    </>
  );
}

function PartView({ part, growing, onGuide }: PanelProps & { part: Part; growing: boolean }) {
  if (part.kind === "quote") {
    return (
      <blockquote className={css.quote}>
        <p dir="auto">{part.text}</p>
        <button type="button" className={css.source} onClick={() => onGuide(part)}>
          {part.heading === "" ? "Open the guidelines there" : `Guidelines: ${part.heading}`} <IconArrowUpRight size={13} aria-hidden />
        </button>
      </blockquote>
    );
  }
  if (part.kind === "draft") return growing ? <p className={css.draft} dir="auto">{part.text}</p> : null;
  return <Suspense fallback={<p>{part.text}</p>}><Markdown text={part.text} plain /></Suspense>;
}

/** A checked answer. It stands among the suggestions as well; here it is taken or dropped as a whole. */
function Proposal({ help }: { help: Help }) {
  const { assistant, project } = useBench();
  const rows = useRows();
  const id = useAssist((s) => s.proposal);
  const takeKey = useKey("assistant.take") ?? undefined;
  const dropKey = useKey("assistant.drop") ?? undefined;
  const suggestion = useDesk((s) => s.open?.work.suggestions.find((one) => one.id === id));
  const item = useDesk((s) => s.open?.work.item);
  const question = project.spec.questions.find((q) => q.name === suggestion?.question);
  const widget = widgets[question?.type ?? ""];
  if (id === 0 || !suggestion || !question || !widget || !item) return null;
  const left = assistant.open(rows).length;
  const taken = rows.some((r) => r.suggestion.id === id && r.state === "accepted");
  const { View } = widget;
  const parts = rows.filter((r) => r.suggestion.id === id && partDetail(r.part.part, item, question.field ?? project.spec.fields[0]?.name) !== null);
  return (
    <div className={css.proposal} data-state={left > 0 ? "open" : taken ? "taken" : "dropped"} role="group" aria-label="Proposed answer">
      <div className={css.value}>
        {widget.isEmpty(suggestion.value) ? <span className="dim">Nothing to mark.</span> : parts.length > 0 ? <Marks rows={parts} question={question} /> : <View question={question} value={suggestion.value} />}
      </div>
      {left > 0 ? (
        <div className={css.actions}>
          <Button size="small" kind="primary" icon={<IconCheck size={14} />} keys={takeKey} onClick={help.take}>Use it</Button>
          <Button size="small" kind="quiet" keys={dropKey} onClick={help.drop}>Not this</Button>
        </div>
      ) : <small className="dim">{taken ? "Taken into your answer." : "Not taken."}</small>}
    </div>
  );
}

/** Marks on the item, each with its label and the words or the size that it covers. */
function Marks({ rows, question }: { rows: readonly Row[]; question: Question }) {
  const { project } = useBench();
  const item = useDesk((s) => s.open?.work.item);
  if (!item) return null;
  return (
    <ul className={css.marks}>
      {rows.map((row) => {
        const look = partLook(question, row.part);
        return (
          <li key={row.key} style={{ "--label": look.color } as CSSProperties}>
            <i aria-hidden />
            <b>{look.title}</b> {partDetail(row.part.part, item, question.field ?? project.spec.fields[0]?.name)}
          </li>
        );
      })}
    </ul>
  );
}

/** Enter asks, Shift+Enter makes a new line, Esc stops or leaves the field. */
function Box({ help }: { help: Help }) {
  const { assistant } = useBench();
  const [text, setText] = useState("");
  const kind = useAssist((s) => s.box);
  const showKey = useKey("assistant.show") ?? "";
  const ready = help.ready.has(kind) && (kind !== "rewrite" || text.trim() !== "");
  const send = () => {
    if (!ready) return;
    help.ask(kind, text.trim());
    setText("");
    assistant.store.setState({ box: "guide" });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && !event.shiftKey) send();
    else if (event.key === "Escape" && assistant.busy) assistant.stop();
    else if (event.key === "Escape") event.currentTarget.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const label = kind === "rewrite" ? "How should your text be rewritten?" : "Ask how to label this";
  return (
    <div className={css.box}>
      <textarea
        id={ASSISTANT_BOX} rows={2} value={text} maxLength={20_000} dir="auto" aria-label={label}
        placeholder={kind === "rewrite" ? "How? For example: shorter" : `${label} (${showKey})`}
        onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown}
      />
      <IconButton label="Ask (Enter)" disabled={!ready} onClick={send}><IconSend size={16} /></IconButton>
    </div>
  );
}
