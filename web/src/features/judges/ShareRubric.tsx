/** Use this version of a rubric in another project: one click on the project. The owner may give it to all projects. */
import { Menu } from "@mantine/core";
import { IconCopyPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { meQuery, projectsQuery } from "../../api/queries";
import type { Project, RubricView } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, ErrorNote } from "../../ui";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import css from "./rubric.module.css";

export function ShareRubric({ project, stored }: { project: Project; stored: RubricView }) {
  const client = useQueryClient();
  const projects = useQuery(projectsQuery);
  const owner = useQuery(meQuery).data?.user.role === "owner";
  const share = useMutation({
    mutationFn: ({ path }: { path: string; where: string }) => api.post<RubricView>(path, { rubric: stored.rubric }),
    onSuccess: (saved, { where }) => {
      void client.invalidateQueries({ queryKey: ["rubrics"] });
      notify(`${saved.name} is version ${saved.version} in ${where}.`);
    },
  });
  const others = (projects.data ?? []).filter((p) => p.id !== project.id && manages(p.my_role));
  const toProject = ({ id, spec }: Project) => share.mutate({ path: `/projects/${id}/rubrics`, where: spec.name });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button icon={<IconCopyPlus size={15} aria-hidden />} busy={share.isPending}>Use in another project</Button>
        </Menu.Target>
        <Menu.Dropdown className={css.projects}>
          {others.map((other) => <Menu.Item key={other.id} onClick={() => toProject(other)}><span className={layout.cut}>{other.spec.name}</span></Menu.Item>)}
          {others.length === 0 ? <Menu.Label>{projects.isPending ? "Looking for your projects…" : "There is no other project that you manage."}</Menu.Label> : null}
          {owner && !stored.shared ? (
            <>
              <Menu.Divider />
              <Menu.Item onClick={() => share.mutate({ path: "/rubrics", where: "the workspace, for every project" })}>All projects, as a rubric of the workspace</Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <ErrorNote error={share.error ?? projects.error} />
    </>
  );
}
