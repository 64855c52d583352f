/** A project without data: one thing to do. */
import { Link } from "@tanstack/react-router";
import type { Project } from "../../api/types";
import { manages } from "../../lib/rights";
import { buttonLook, Empty } from "../../ui";

export function NoItems({ project }: { project: Project }) {
  if (!manages(project.my_role)) return <Empty title="No data yet" text="A manager of this project has to import some." />;
  return (
    <Empty
      title="No data yet" text="Import a file, a folder of pictures, or paste a few lines to try it out."
      action={
        <Link to="/p/$projectId/import" params={{ projectId: project.id }} {...buttonLook("primary")}>
          Import data
        </Link>
      }
    />
  );
}
