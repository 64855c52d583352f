/** Quality: how far people agree, how good each of them is, gold, likely errors, and whether a model may stand in. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { projectQuery } from "../../api/queries";
import type { Project } from "../../api/types";
import layout from "../../ui/layout.module.css";
import { AgreementTab } from "./AgreementTab";
import { ErrorsTab } from "./ErrorsTab";
import { GoldTab } from "./GoldTab";
import { PeopleTab } from "./PeopleTab";
import { StandInTab } from "./StandInTab";
import css from "./quality.module.css";

const route = getRouteApi("/inside/p/$projectId/quality");
const TABS = [
  { id: "agreement", title: "Agreement" },
  { id: "people", title: "People" },
  { id: "gold", title: "Gold" },
  { id: "errors", title: "Likely errors" },
  { id: "models", title: "Models as people" },
] as const;

export function QualityPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? <Quality project={project} /> : null;
}

function Quality({ project }: { project: Project }) {
  const { tab = "agreement", question: asked } = route.useSearch();
  const params = { projectId: project.id };
  const questions = project.spec.questions;
  const question = questions.find((one) => one.name === asked) ?? questions[0];
  if (!question) return null;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Quality</h1>
          <p>What people’s answers are worth: measured, with intervals, and on how many items each figure rests.</p>
        </div>
        <nav className={css.tabs} aria-label="Quality">
          {TABS.map(({ id, title }) => (
            <Link
              key={id} to="/p/$projectId/quality" params={params} search={{ tab: id, question: question.name }} className={css.tab}
              aria-current={tab === id ? "page" : undefined}
            >
              {title}
            </Link>
          ))}
        </nav>
      </div>
      {questions.length > 1 ? (
        <nav className={css.questions} aria-label="Question">
          {questions.map((one) => (
            <Link
              key={one.name} to="/p/$projectId/quality" params={params} search={{ tab, question: one.name }} className={css.tab}
              aria-current={one.name === question.name ? "true" : undefined}
            >
              {one.title ?? one.name}
            </Link>
          ))}
        </nav>
      ) : null}
      <Tab key={`${tab}:${question.name}`} tab={tab} project={project} question={question} />
    </div>
  );
}

interface TabProps {
  tab: string;
  project: Project;
  question: Project["spec"]["questions"][number];
}

function Tab({ tab, ...shown }: TabProps) {
  if (tab === "people") return <PeopleTab {...shown} />;
  if (tab === "gold") return <GoldTab {...shown} />;
  if (tab === "errors") return <ErrorsTab {...shown} />;
  if (tab === "models") return <StandInTab {...shown} />;
  return <AgreementTab {...shown} />;
}
