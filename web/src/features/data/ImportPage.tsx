/** Bring data in: choose it, look at it, start, follow it, read the report. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { projectQuery } from "../../api/queries";
import layout from "../../ui/layout.module.css";
import { ImportPreviewPanel } from "./ImportPreviewPanel";
import { ImportRun } from "./ImportRun";
import { ImportSource, type Source } from "./ImportSource";

const route = getRouteApi("/inside/p/$projectId/import");

export function ImportPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  const [source, setSource] = useState<Source | null>(null);
  const [job, setJob] = useState<number | null>(null);
  const restart = () => {
    setSource(null);
    setJob(null);
  };
  if (!project) return null;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Import data</h1>
          <p>{lead(project.spec.fields.map((field) => field.title ?? field.name))}</p>
        </div>
      </div>
      <div className={layout.stack}>
        {job !== null ? <ImportRun project={project} job={job} onMore={restart} /> : null}
        {job === null && source === null ? <ImportSource project={project} onReady={setSource} /> : null}
        {job === null && source !== null ? (
          <ImportPreviewPanel project={project} source={source} onBack={restart} onStarted={setJob} />
        ) : null}
      </div>
    </div>
  );
}

function lead(fields: string[]): string {
  return `Each row, picture or file becomes one item with ${fields.join(", ")}. Importing the same file again adds nothing twice.`;
}
