/** The project as code: everything but the data, to keep in version control or to start another project from. */
import { apiUrl } from "../../api/client";
import type { Project } from "../../api/types";
import { buttonLook, Panel } from "../../ui";
import layout from "../../ui/layout.module.css";

export function ProjectFilePanel({ project }: { project: Project }) {
  const file = (format: "yaml" | "json") => apiUrl(`/projects/${project.id}/file`, { format });
  const name = project.spec.name.replace(/[^\w-]+/g, "-").toLowerCase();
  return (
    <Panel title="Project file" id="file">
      <div className={`${layout.row} ${layout.wrap}`}>
        <p className={`${layout.grow} dim`}>Fields, questions, guidelines, policy and models as one file. Start another project from it.</p>
        <a {...buttonLook()} href={file("yaml")} download={`${name}.yaml`}>
          Download YAML
        </a>
        <a {...buttonLook()} href={file("json")} download={`${name}.json`}>
          Download JSON
        </a>
      </div>
    </Panel>
  );
}
