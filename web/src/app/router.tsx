/** The addresses of the app. Every page is loaded when it is first opened. */
import {
  createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from "@tanstack/react-router";
import { validateDataSearch } from "../lib/dataSearch";
import { PageError, PageMissing, PagePending } from "./PageStates";
import { ProjectFrame } from "./ProjectFrame";
import { parseSearch, positive, stringifySearch } from "./search";
import { entryPage, requireSession, watchSession } from "./session";
import { Shell } from "./Shell";

const STUDIO_TABS = ["prompt", "compare", "confidence"] as const;
const SHOWN = ["failed", "passed"] as const;
interface VerdictSearch {
  judge?: number;
  verdict?: number;
  show?: (typeof SHOWN)[number];
}
type StudioTab = (typeof STUDIO_TABS)[number];
const QUALITY_TABS = ["agreement", "people", "gold", "errors", "models"] as const;
type QualityTab = (typeof QUALITY_TABS)[number];

const root = createRootRoute({ component: Outlet });

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  beforeLoad: () => entryPage("setup"),
  component: lazyRouteComponent(() => import("../features/auth/SetupPage"), "SetupPage"),
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (raw: Record<string, unknown>): { to?: string } =>
    typeof raw.to === "string" && raw.to.startsWith("/") && !raw.to.startsWith("//") ? { to: raw.to } : {},
  beforeLoad: () => entryPage("login"),
  component: lazyRouteComponent(() => import("../features/auth/LoginPage"), "LoginPage"),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: ({ location }) => requireSession(location.href),
  component: Shell,
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: "/",
  component: lazyRouteComponent(() => import("../features/projects/ProjectsPage"), "ProjectsPage"),
});

const newProject = createRoute({
  getParentRoute: () => inside,
  path: "/projects/new",
  component: lazyRouteComponent(() => import("../features/projects/NewProjectPage"), "NewProjectPage"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  component: lazyRouteComponent(() => import("../features/settings/AccountPage"), "AccountPage"),
});

const users = createRoute({
  getParentRoute: () => inside,
  path: "/users",
  component: lazyRouteComponent(() => import("../features/settings/UsersPage"), "UsersPage"),
});

const connections = createRoute({
  getParentRoute: () => inside,
  path: "/connections",
  component: lazyRouteComponent(() => import("../features/settings/connections/ConnectionsPage"), "ConnectionsPage"),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: "/p/$projectId",
  params: {
    parse: ({ projectId }) => ({ projectId: positive(projectId) ?? 0 }),
    stringify: ({ projectId }) => ({ projectId: String(projectId) }),
  },
  component: ProjectFrame,
});

const projectHome = createRoute({
  getParentRoute: () => project,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/p/$projectId/label", params });
  },
});

const label = createRoute({
  getParentRoute: () => project,
  path: "/label",
  validateSearch: (raw: Record<string, unknown>): { item?: number } => {
    const item = positive(raw.item);
    return item === undefined ? {} : { item };
  },
  component: lazyRouteComponent(() => import("./LabelPage"), "LabelPage"),
});

const data = createRoute({
  getParentRoute: () => project,
  path: "/data",
  validateSearch: validateDataSearch,
  component: lazyRouteComponent(() => import("../features/data/DataPage"), "DataPage"),
});

const duplicates = createRoute({
  getParentRoute: () => project,
  path: "/duplicates",
  validateSearch: (raw: Record<string, unknown>): { field?: string; page?: number } => {
    const page = positive(raw.page);
    return { ...(typeof raw.field === "string" ? { field: raw.field } : {}), ...(page === undefined ? {} : { page }) };
  },
  component: lazyRouteComponent(() => import("../features/data/DuplicatesPage"), "DuplicatesPage"),
});

const importData = createRoute({
  getParentRoute: () => project,
  path: "/import",
  component: lazyRouteComponent(() => import("../features/data/ImportPage"), "ImportPage"),
});

const models = createRoute({
  getParentRoute: () => project,
  path: "/models",
  component: lazyRouteComponent(() => import("../features/models/ModelsPage"), "ModelsPage"),
});

const totals = createRoute({
  getParentRoute: () => project,
  path: "/totals",
  component: lazyRouteComponent(() => import("../features/totals/TotalsPage"), "TotalsPage"),
});

const studio = createRoute({
  getParentRoute: () => project,
  path: "/models/$modelId",
  params: {
    parse: ({ modelId }) => ({ modelId: positive(modelId) ?? 0 }),
    stringify: ({ modelId }) => ({ modelId: String(modelId) }),
  },
  validateSearch: (raw: Record<string, unknown>): { tab?: StudioTab; comparison?: number } => {
    const comparison = positive(raw.comparison);
    const tab = STUDIO_TABS.find((one) => one === raw.tab);
    return { ...(tab ? { tab } : {}), ...(comparison === undefined ? {} : { comparison }) };
  },
  component: lazyRouteComponent(() => import("../features/models/studio/StudioPage"), "StudioPage"),
});

const judges = createRoute({
  getParentRoute: () => project,
  path: "/judges",
  component: lazyRouteComponent(() => import("../features/judges/JudgesPage"), "JudgesPage"),
});

const rubric = createRoute({
  getParentRoute: () => project,
  path: "/rubric",
  validateSearch: (raw: Record<string, unknown>): { rubric?: number } => {
    const found = positive(raw.rubric);
    return found === undefined ? {} : { rubric: found };
  },
  component: lazyRouteComponent(() => import("../features/judges/RubricPage"), "RubricPage"),
});

const audit = createRoute({
  getParentRoute: () => project,
  path: "/audit",
  validateSearch: (raw: Record<string, unknown>): { judge?: number } => {
    const found = positive(raw.judge);
    return found === undefined ? {} : { judge: found };
  },
  component: lazyRouteComponent(() => import("../features/judges/AuditPage"), "AuditPage"),
});

const studies = createRoute({
  getParentRoute: () => project,
  path: "/studies",
  component: lazyRouteComponent(() => import("../features/studies/StudiesPage"), "StudiesPage"),
});

const study = createRoute({
  getParentRoute: () => project,
  path: "/studies/$studyId",
  params: {
    parse: ({ studyId }) => ({ studyId: positive(studyId) ?? 0 }),
    stringify: ({ studyId }) => ({ studyId: String(studyId) }),
  },
  component: lazyRouteComponent(() => import("../features/studies/StudyPage"), "StudyPage"),
});

const verdicts = createRoute({
  getParentRoute: () => project,
  path: "/verdicts",
  validateSearch: (raw: Record<string, unknown>): VerdictSearch => {
    const [judge, verdict] = [positive(raw.judge), positive(raw.verdict)];
    const show = SHOWN.find((one) => one === raw.show);
    return { ...(judge === undefined ? {} : { judge }), ...(verdict === undefined ? {} : { verdict }), ...(show ? { show } : {}) };
  },
  component: lazyRouteComponent(() => import("../features/judges/VerdictsPage"), "VerdictsPage"),
});

const changes = createRoute({
  getParentRoute: () => project,
  path: "/changes",
  component: lazyRouteComponent(() => import("../features/judges/SecondThoughtsPage"), "SecondThoughtsPage"),
});

const KINDS = ["conflict", "alarm", "error", "sample", "revised"] as const;

const review = createRoute({
  getParentRoute: () => project,
  path: "/review",
  validateSearch: (raw: Record<string, unknown>): { kind?: (typeof KINDS)[number]; question?: string } => {
    const kind = KINDS.find((one) => one === raw.kind);
    return { ...(kind ? { kind } : {}), ...(typeof raw.question === "string" ? { question: raw.question } : {}) };
  },
  component: lazyRouteComponent(() => import("../features/review/ReviewPage"), "ReviewPage"),
});

const quality = createRoute({
  getParentRoute: () => project,
  path: "/quality",
  validateSearch: (raw: Record<string, unknown>): { tab?: QualityTab; question?: string } => {
    const tab = QUALITY_TABS.find((one) => one === raw.tab);
    return { ...(tab ? { tab } : {}), ...(typeof raw.question === "string" ? { question: raw.question } : {}) };
  },
  component: lazyRouteComponent(() => import("../features/quality/QualityPage"), "QualityPage"),
});

const mine = createRoute({
  getParentRoute: () => project,
  path: "/me",
  validateSearch: (raw: Record<string, unknown>): { question?: string } => (typeof raw.question === "string" ? { question: raw.question } : {}),
  component: lazyRouteComponent(() => import("../features/quality/OwnPage"), "OwnPage"),
});

const settings = createRoute({
  getParentRoute: () => project,
  path: "/settings",
  component: lazyRouteComponent(() => import("../features/projects/SettingsPage"), "SettingsPage"),
});

const tree = root.addChildren([
  setup,
  login,
  inside.addChildren([
    projects, newProject, account, users, connections,
    project.addChildren([projectHome, label, data, duplicates, importData, models, totals, judges, rubric, audit, review, verdicts, changes, studio, studies, study, quality, mine, settings]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  basepath: new URL(document.baseURI).pathname.replace(/\/$/, "") || "/",
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPendingMs: 300,
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: PageMissing,
});

watchSession((from) => void router.navigate({ to: "/login", search: { to: from } }));

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
