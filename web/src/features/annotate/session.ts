/** Puts the parts of the work loop together for one person and one project, and takes them down again. */

import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { meQuery, projectQuery } from "../../api/queries";
import type { Me, Project, Question, WorkItem } from "../../api/types";
import type { Outbox } from "../../lib/outbox";
import { outboxFor } from "../../lib/own-outbox";
import { prefetchMedia } from "../../media/prefetch";
import { widgets } from "../../tasks";
import { Assistant, type AssistState } from "./logic/assistant";
import { Contest } from "./logic/contest";
import { Desk } from "./logic/desk";
import { DraftKeeper } from "./logic/draft-keeper";
import { keepFirstAnswers } from "./logic/first-answers";
import { JudgeDesk } from "./logic/judge";
import { recall, remember } from "./logic/memory";
import { OtherTabs } from "./logic/other-tabs";
import type { IsEmpty } from "./logic/questions";
import type { DeskState } from "./logic/state";
import type { Context } from "./logic/submission";
import { Supply } from "./logic/supply";
import { TimeLog } from "./logic/time-log";
import { workApi, type WorkApi } from "./logic/work-api";

export interface Session {
  desk: Desk;
  supply: Supply;
  outbox: Outbox;
  log: TimeLog;
  assistant: Assistant;
  judge: JudgeDesk;
  contest: Contest;
  api: WorkApi;
  user: number;
}

export interface Bench extends Session {
  project: Project;
  me: Me;
}

export const isEmpty: IsEmpty = (question, value) => widgets[question.type]?.isEmpty(value) ?? value === undefined;

const nothing = (question: Question): unknown => {
  const widget = widgets[question.type];
  return widget?.nothing ? widget.nothing(question) : widget?.place === "field" ? [] : undefined;
};

/** The running session, or null until everything it needs is there. */
export function useSession(projectId: number, itemId: number | undefined): { bench: Bench | null; error: unknown } {
  const me = useQuery(meQuery);
  const project = useQuery(projectQuery(projectId));
  const user = me.data?.user.id;
  const context = useMemo(() => (project.data && user !== undefined ? contextOf(project.data, user) : null), [project.data, user]);
  const ready = user !== undefined && context !== null;
  const session = useMemo(
    () => (ready ? buildSession(user, context, itemId) : null),
    // The session outlives changes of the project's settings; an effect below hands them on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [ready, user, projectId],
  );
  useEffect(() => {
    if (!session) return;
    session.supply.start();
    const unfollow = followOutbox(session);
    const part = meetOtherTabs(session, projectId);
    const end = session.contest.start();
    return () => {
      end();
      part();
      unfollow();
      session.assistant.clear();
      session.judge.clear();
      session.desk.leave();
      session.supply.stop();
    };
  }, [session, projectId]);
  useEffect(() => {
    if (session && context && project.data) session.desk.configure(context, project.data.spec.policy.instant_submit);
  }, [session, context, project.data]);
  useEffect(() => {
    if (session && itemId !== undefined) void session.desk.openById(itemId).finally(() => session.supply.release());
  }, [session, itemId]);
  const items = project.data?.counts.items;
  useEffect(() => {
    if (session?.desk.getState().phase === "empty") void session.supply.ask();
  }, [session, items]);
  const bench = session && me.data && project.data ? { ...session, me: me.data, project: project.data } : null;
  return { bench, error: me.error ?? project.error };
}

function contextOf(project: Project, user: number): Context {
  return { user, project: project.id, questions: project.spec.questions, schemaVersion: project.schema_version, widgets, isEmpty, nothing };
}

function buildSession(user: number, context: Context, itemId: number | undefined): Session {
  const api = workApi(context.project);
  const outbox = outboxFor(user);
  const drafts = new DraftKeeper(user, context.project, api);
  const log = new TimeLog();
  const desk = new Desk({ context, instantSubmit: false, outbox, drafts, log, api });
  desk.setState(recall(user, context.project));
  desk.store.subscribe((state, before) => {
    if (state.minimum !== before.minimum || state.source !== before.source) remember(user, context.project, state);
  });
  keepFirstAnswers(desk, { outbox, log }, () => desk.context);
  const assistant = new Assistant(context.project, desk, log, (turn) => void api.tookProposal(turn).catch(() => undefined));
  const prefetch = (work: WorkItem) => prefetchMedia(work.item);
  const supply = new Supply(desk, { api, drafts, outbox, prefetch, held: itemId !== undefined });
  desk.onNeed = () => void supply.fill();
  const empty = (name: string, value: unknown) => {
    const question = desk.context.questions.find((q) => q.name === name);
    return question === undefined || isEmpty(question, value);
  };
  const judge = new JudgeDesk(desk, log, { review: api.review, respond: api.respond }, empty);
  const contest = new Contest(desk, log, api, () => desk.context.questions);
  return { desk, supply, outbox, log, assistant, judge, contest, api, user };
}

/** The server is back: fetch items at once. */
function followOutbox({ outbox, supply }: Session): () => void {
  let online = outbox.status().online;
  return outbox.subscribe(() => {
    const back = !online && outbox.status().online;
    online = outbox.status().online;
    if (back) void supply.ask();
  });
}

/** Tells other tabs on this project what was finished here, and hears from them. */
function meetOtherTabs({ desk, user }: Session, project: number): () => void {
  if (typeof BroadcastChannel === "undefined") return () => undefined;
  const tabs = new OtherTabs(new BroadcastChannel(`milo-desk-${user}-${project}`), {
    others: (elsewhere) => desk.getState().elsewhere !== elsewhere && desk.setState({ elsewhere }),
    finished: (item) => desk.finishedElsewhere(item),
  });
  desk.onFinished = (item) => tabs.finished(item);
  const stop = tabs.start();
  const leave = () => tabs.leave();
  const comeBack = () => tabs.ask();
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", comeBack);
  return () => {
    window.removeEventListener("pagehide", leave);
    window.removeEventListener("pageshow", comeBack);
    stop();
  };
}

export const BenchContext = createContext<Bench | null>(null);

export function useBench(): Bench {
  const bench = useContext(BenchContext);
  if (!bench) throw new Error("This part of the workbench stands outside of the workbench.");
  return bench;
}

/** A piece of the desk's state; renders again only when it changes. */
export function useDesk<T>(pick: (state: DeskState) => T): T {
  return useStore(useBench().desk.store, pick);
}

/** A piece of the assistant's state. */
export function useAssist<T>(pick: (state: AssistState) => T): T {
  return useStore(useBench().assistant.store, pick);
}
