/** What the server knows about agreement, people, gold and likely errors, as cacheable queries. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import type { AgreementReply, CheckView, ErrorsReply, GoldReply, Help, OwnQuality, PeopleReply, QualificationView, StandIn } from "./types";

export const agreementQuery = (project: number, question: string, help: Help) =>
  queryOptions({
    queryKey: ["quality", project, "agreement", question, help],
    queryFn: () => api.get<AgreementReply>(`/projects/${project}/quality/agreement`, { question, help }),
    refetchInterval: ({ state }) => (state.data && !state.data.fresh ? 1500 : false),
  });

export const errorsQuery = (project: number, question: string) =>
  queryOptions({
    queryKey: ["quality", project, "errors", question],
    queryFn: () => api.get<ErrorsReply>(`/projects/${project}/quality/errors`, { question, limit: 200 }),
  });

export const peopleQuery = (project: number, question: string) =>
  queryOptions({
    queryKey: ["quality", project, "people", question],
    queryFn: () => api.get<PeopleReply>(`/projects/${project}/quality/people`, { question }),
    refetchInterval: ({ state }) => (state.data && !state.data.fresh ? 1500 : false),
  });

/** My own figures. */
export const ownQualityQuery = (project: number, question: string) =>
  queryOptions({
    queryKey: ["quality", project, "me", question],
    queryFn: () => api.get<OwnQuality>(`/projects/${project}/quality/me`, { question }),
    refetchInterval: ({ state }) => (state.data && !state.data.fresh ? 1500 : false),
  });

export const goldQuery = (project: number, question: string) =>
  queryOptions({
    queryKey: ["quality", project, "gold", question],
    queryFn: () => api.get<GoldReply>(`/projects/${project}/gold`, { question, limit: 200 }),
  });

export const standInQuery = (project: number, question: string, model: number, epsilon: number) =>
  queryOptions({
    queryKey: ["quality", project, "stand-in", question, model, epsilon],
    queryFn: () => api.get<StandIn>(`/projects/${project}/quality/stand-in`, { question, model, epsilon }),
  });

export const qualificationQuery = (project: number) =>
  queryOptions({ queryKey: ["checks", project, "qualification"], queryFn: () => api.get<QualificationView>(`/projects/${project}/qualification`) });

/** Planted suggestions that I have answered and was not told of yet. */
export const checksQuery = (project: number) =>
  queryOptions({ queryKey: ["checks", project, "mine"], queryFn: () => api.get<CheckView[]>(`/projects/${project}/checks/mine`) });
