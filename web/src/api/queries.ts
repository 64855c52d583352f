/** What the server knows, as cacheable queries. One place for the keys, so that live updates know what to refresh. */
import { QueryClient, queryOptions } from "@tanstack/react-query";
import { api, ApiError, setCsrf, type Query } from "./client";
import type {
  AssistantView, BulkEntry, Calibration, Changed, Changes, Facets, GridRow, ItemDetail, Job, Judge, JudgeReport, Kinds, LiveJudge, Me, Model, MyPart,
  Page, Permission, Pilot, Project, Recipe, ReviewSummary, Role, RoleUse, Rubric, RubricView, Run, ServerStatus, Study, StudyReport, Token, Totals, User, VerdictView,
} from "./types";

/** A request that was refused will be refused again; a lost connection may come back. */
function worthRetrying(failures: number, error: unknown): boolean {
  const status = error instanceof ApiError ? error.status : 0;
  return failures < 2 && (status === 0 || status >= 500);
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 15_000, refetchOnWindowFocus: true } },
});

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: () => api.get<ServerStatus>("/status"),
  staleTime: 60_000,
});

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const me = await api.get<Me>("/me");
    setCsrf(me.csrf);
    return me;
  },
  staleTime: 300_000,
});

export const projectsQuery = queryOptions({ queryKey: ["projects"], queryFn: () => api.get<Project[]>("/projects") });

export const projectQuery = (id: number) =>
  queryOptions({ queryKey: ["project", id], queryFn: () => api.get<Project>(`/projects/${id}`) });

/** What the assistant and other models beside people took of their budgets. */
export const budgetsQuery = (project: number) =>
  queryOptions({ queryKey: ["budgets", project], queryFn: () => api.get<RoleUse[]>(`/projects/${project}/budgets`) });

/** What the assistant offers; the same for every item. */
export const assistantQuery = (project: number) =>
  queryOptions({ queryKey: ["assistant", project], queryFn: () => api.get<AssistantView>(`/projects/${project}/assistant`) });

export const recipesQuery = queryOptions({
  queryKey: ["recipes"],
  queryFn: () => api.get<Recipe[]>("/recipes"),
  staleTime: Infinity,
});

export const kindsQuery = queryOptions({
  queryKey: ["kinds"],
  queryFn: () => api.get<Kinds>("/kinds"),
  staleTime: Infinity,
});

/** The same, and for each predictor which questions of the project it can answer. */
export const projectKindsQuery = (project: number) =>
  queryOptions({ queryKey: ["kinds", project], queryFn: () => api.get<Kinds>("/kinds", { project }) });

export const usersQuery = queryOptions({ queryKey: ["users"], queryFn: () => api.get<User[]>("/users") });

export const tokensQuery = queryOptions({ queryKey: ["tokens"], queryFn: () => api.get<Token[]>("/tokens") });

export const membersQuery = (project: number) =>
  queryOptions({
    queryKey: ["members", project],
    queryFn: () => api.get<{ user: User; role: Role }[]>(`/projects/${project}/members`),
  });

export const modelsQuery = (project: number) =>
  queryOptions({ queryKey: ["models", project], queryFn: () => api.get<Model[]>(`/projects/${project}/models`) });

export const runsQuery = (project: number) =>
  queryOptions({ queryKey: ["runs", project], queryFn: () => api.get<Run[]>(`/projects/${project}/runs`) });

export const reviewQuery = (project: number) =>
  queryOptions({ queryKey: ["review", project], queryFn: () => api.get<ReviewSummary>(`/projects/${project}/review`) });

export const jobsQuery = (project: number) =>
  queryOptions({ queryKey: ["jobs", project], queryFn: () => api.get<Job[]>("/jobs", { project }) });

export const jobQuery = (id: number) =>
  queryOptions({
    queryKey: ["job", id],
    queryFn: () => api.get<Job>(`/jobs/${id}`),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : 700),
  });

export const facetsQuery = (project: number) =>
  queryOptions({ queryKey: ["facets", project], queryFn: () => api.get<Facets>(`/projects/${project}/facets`) });

export const bulkQuery = (project: number) =>
  queryOptions({ queryKey: ["bulk", project], queryFn: () => api.get<BulkEntry[]>(`/projects/${project}/bulk`) });

export const itemsQuery = (project: number, query: Query) =>
  queryOptions({
    queryKey: ["items", project, query],
    queryFn: ({ signal }) => api.get<Page<GridRow>>(`/projects/${project}/items`, query, signal),
    staleTime: 30_000,
  });

export const itemQuery = (project: number, item: number) =>
  queryOptions({
    queryKey: ["item", project, item],
    queryFn: () => api.get<ItemDetail>(`/projects/${project}/items/${item}`),
  });

export const judgesQuery = (project: number) =>
  queryOptions({ queryKey: ["judges", project], queryFn: () => api.get<Judge[]>(`/projects/${project}/judges`) });

/** The judges that annotators may ask before they submit. */
export const liveJudgesQuery = (project: number) =>
  queryOptions({ queryKey: ["judges", project, "live"], queryFn: () => api.get<LiveJudge[]>(`/projects/${project}/judges/live`), staleTime: 60_000 });

export const judgeReportQuery = (project: number, judge: number) =>
  queryOptions({
    queryKey: ["judges", project, "report", judge],
    queryFn: () => api.get<JudgeReport>(`/projects/${project}/judges/${judge}/report`),
  });

/** What judges said, newest first. */
export const verdictsQuery = (project: number, query: Query) =>
  queryOptions({ queryKey: ["judges", project, "verdicts", query], queryFn: () => api.get<VerdictView[]>(`/projects/${project}/verdicts`, query) });

/** How many answers changed after a suggestion or advice was seen, and which. */
export const secondThoughtsQuery = (project: number) =>
  queryOptions({ queryKey: ["second-thoughts", project], queryFn: () => api.get<Changes[]>(`/projects/${project}/second-thoughts`) });

export const changedAnswersQuery = (project: number, query: Query) =>
  queryOptions({
    queryKey: ["second-thoughts", project, query],
    queryFn: () => api.get<Changed[]>(`/projects/${project}/second-thoughts/answers`, query),
  });

export const rubricsQuery = (project: number) =>
  queryOptions({ queryKey: ["rubrics", project], queryFn: () => api.get<RubricView[]>(`/projects/${project}/rubrics`) });

/** All versions of the rubric that this version belongs to. */
export const rubricQuery = (project: number, rubric: number) =>
  queryOptions({
    queryKey: ["rubrics", project, rubric],
    queryFn: () => api.get<RubricView[]>(`/projects/${project}/rubrics/${rubric}`),
    staleTime: 300_000,
  });

export const readyRubricsQuery = queryOptions({
  queryKey: ["rubrics", "ready"],
  queryFn: () => api.get<Rubric[]>("/rubrics/ready"),
  staleTime: Infinity,
});

export const studiesQuery = (project: number) =>
  queryOptions({ queryKey: ["studies", project], queryFn: () => api.get<Study[]>(`/projects/${project}/studies`) });

export const studyQuery = (project: number, study: number) =>
  queryOptions({ queryKey: ["studies", project, study], queryFn: () => api.get<Study>(`/projects/${project}/studies/${study}`) });

/** What a study found. `peek`: although it still runs; the server counts that, so it is asked once and kept. */
export const studyReportQuery = (project: number, study: number, peek: boolean) =>
  queryOptions({
    queryKey: ["study-report", project, study, peek],
    queryFn: () => api.get<StudyReport>(`/projects/${project}/studies/${study}/report`, peek ? { peek } : {}),
    staleTime: peek ? Infinity : 15_000, refetchOnWindowFocus: !peek,
  });

export const pilotQuery = (project: number, question: string) =>
  queryOptions({ queryKey: ["pilot", project, question], queryFn: () => api.get<Pilot>(`/projects/${project}/studies/pilot`, { question }) });

/** My own part in a running study. */
export const myPartQuery = (project: number) =>
  queryOptions({ queryKey: ["my-part", project], queryFn: () => api.get<MyPart>(`/projects/${project}/study`), staleTime: 60_000 });

/** Whether nothing more will happen to the job by itself. */
export function isOver(job: Job): boolean {
  return job.state === "done" || job.state === "failed" || job.state === "cancelled";
}

export const permissionsQuery = (project: number) =>
  queryOptions({ queryKey: ["permissions", project], queryFn: () => api.get<Permission[]>(`/projects/${project}/permissions`) });

export const calibrationQuery = (project: number, model: number) =>
  queryOptions({ queryKey: ["calibration", project, model], queryFn: () => api.get<Calibration>(`/projects/${project}/models/${model}/calibration`) });

export const totalsQuery = (project: number, question: string, source: string | null, by: string | null) =>
  queryOptions({
    queryKey: ["totals", project, question, source, by],
    queryFn: () => api.get<Totals>(`/projects/${project}/totals`, { question, source, by }),
    retry: false,
  });
