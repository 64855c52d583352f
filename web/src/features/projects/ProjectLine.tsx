/** One project in the list. */
import { Link, type LinkProps } from "@tanstack/react-router";
import type { Project } from "../../api/types";
import { Bar, buttonLook } from "../../ui";
import layout from "../../ui/layout.module.css";
import { nextSteps, progressWords, type Step } from "./nextStep";
import css from "./projects.module.css";

export function ProjectLine({ project }: { project: Project }) {
  const { counts, spec } = project;
  const steps = project.archived ? [] : nextSteps(counts, project.my_role);
  return (
    <li className={css.project}>
      <div className={layout.grow}>
        <Link to={steps[0]?.kind === "import" ? "/p/$projectId/import" : "/p/$projectId/label"} params={{ projectId: project.id }} className={css.name} dir="auto">
          {spec.name}
        </Link>
        {project.archived ? <span className="dim"> (archived)</span> : null}
        {spec.description ? <p className={css.about} dir="auto">{spec.description}</p> : null}
      </div>
      <div className={css.progress}>
        {counts.items > 0 ? (
          <>
            <Bar
              label={`Progress of ${spec.name}`} total={counts.items - counts.aside}
              parts={[
                { n: counts.done, color: "var(--accent)", title: "done" },
                { n: counts.open, color: "color-mix(in srgb, var(--accent) 40%, transparent)", title: "begun" },
                { n: counts.skipped, color: "var(--border-strong)", title: "skipped" },
              ]}
            />
            <span>{progressWords(counts, project.my_role)}</span>
          </>
        ) : (
          <span>No data yet</span>
        )}
      </div>
      <div className={css.next}>
        {steps.map((step, at) => (
          <StepLink key={step.kind} project={project.id} step={step} first={at === 0} />
        ))}
      </div>
    </li>
  );
}

function StepLink({ project, step, first }: { project: number; step: Step; first: boolean }) {
  if (step.kind === "nothing") return <span className="dim">{step.text}</span>;
  const look = first ? buttonLook("plain") : {};
  return (
    <Link {...target(step, project)} {...look}>
      {step.text}
    </Link>
  );
}

function target(step: Step, projectId: number): LinkProps {
  const params = { projectId };
  if (step.kind === "import") return { to: "/p/$projectId/import", params };
  if (step.kind === "review") return { to: "/p/$projectId/review", params };
  if (step.kind === "label") return { to: "/p/$projectId/label", params };
  const search = step.kind === "suggestions" ? { has: "suggestion" as const, status: "new,open", sort: "-confidence" as const } : {};
  return { to: "/p/$projectId/data", params, search };
}
