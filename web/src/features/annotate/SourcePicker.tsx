/** Which model or workflow suggests, where the project leaves that to the annotator. */
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { errorText } from "../../api/client";
import { modelsQuery } from "../../api/queries";
import type { Project, Suggestion } from "../../api/types";
import { seesData } from "../../lib/rights";
import { useBench, useDesk } from "./session";
import css from "./suggestions.module.css";

export function SourcePicker() {
  const { desk, supply, project } = useBench();
  const source = useDesk((s) => s.source);
  const suggestions = useDesk((s) => s.open?.work.suggestions);
  const models = useQuery({ ...modelsQuery(project.id), enabled: seesData(project.my_role) }).data;
  const [problem, setProblem] = useState<string | null>(null);
  const names = sourceNames(project, suggestions ?? [], (models ?? []).map((m) => m.name), source);
  const { annotators_choose, suggest_from } = project.spec.policy;
  if (!annotators_choose || names.length === 0) return null;
  const choose = (name: string) => {
    desk.setState({ source: name === "" ? null : name });
    supply.exchange().then(() => setProblem(null), (error: unknown) => setProblem(errorText(error)));
  };
  return (
    <div className={css.source}>
      <label htmlFor="source">from</label>
      <Select
        id="source" size="xs" className={css.pick} allowDeselect={false} value={source ?? ""} onChange={(name) => choose(name ?? "")}
        data={[{ value: "", label: suggest_from ?? "all models" }, ...names]}
      />
      {problem ? <p role="alert">{problem}</p> : null}
    </div>
  );
}

function sourceNames(project: Project, suggestions: readonly Suggestion[], models: readonly string[], source: string | null): string[] {
  const { workflows, suggest_from } = project.spec.policy;
  const known = project.spec.predictors.map((p) => p.name).filter((name): name is string => typeof name === "string");
  const all = [...workflows.map((w) => w.name), ...known, ...models, ...suggestions.map((s) => s.source), ...(source ? [source] : [])];
  return [...new Set(all)].filter((name) => name !== suggest_from);
}
