/** Which connected model is asked, and whether the project's rules let it see the data. Allowing it takes one click and plain words. */
import { Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import { connectionsQuery } from "../../../api/modelQueries";
import type { Connection, Project } from "../../../api/types";
import { manages } from "../../../lib/rights";
import { Button, ErrorNote, Note } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { isAllowed, whereItRuns } from "./connections";

interface Props {
  project: Project;
  value: string;
  disabled?: boolean;
  onChange(name: string): void;
}

export function ConnectionPick({ project, value, disabled, onChange }: Props) {
  const connections = useQuery(connectionsQuery);
  const found = (connections.data ?? []).filter((one) => one.enabled || one.name === value);
  const chosen = found.find((one) => one.name === value);
  const names = found.map((one) => ({ value: one.name, label: one.model && one.model !== one.name ? `${one.name} (${one.model})` : one.name }));
  const data = value !== "" && !chosen ? [...names, { value, label: value }] : names;
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <Select
        label="Connected model" placeholder="Choose" data={data} value={value || null} allowDeselect={false} disabled={disabled} searchable={data.length > 8}
        description={chosen ? whereItRuns(chosen) : undefined} onChange={(name) => name && onChange(name)}
      />
      {connections.data?.length === 0 ? (
        <Note>No model is connected to this workspace yet. An owner connects one under “Connected models” in the menu at the top right, or with <code>milo connection add</code>.</Note>
      ) : null}
      {chosen && !isAllowed(project, chosen) ? <Allow project={project} connection={chosen} /> : null}
      {connections.error && value === "" ? <ErrorNote error={connections.error} /> : null}
    </div>
  );
}

function Allow({ project, connection }: { project: Project; connection: Connection }) {
  const client = useQueryClient();
  const { policy } = project.spec;
  const allow = useMutation({
    mutationFn: () =>
      api.patch(`/projects/${project.id}`, { policy: { ...policy, data: { ...policy.data, models: [...policy.data.models, connection.name] } } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["project", project.id] }),
  });
  return (
    <Note tone="warn">
      <div className={`${layout.stack} ${layout.tight}`}>
        <span>
          This project does not let “{connection.name}” see its data.{" "}
          {connection.local
            ? "It runs on a machine of yours: nothing leaves your network."
            : "The text of every item that it is asked about leaves this machine and goes to its provider."}
          {policy.data.mask.length > 0 && !connection.local ? ` Masked before: ${policy.data.mask.join(", ")}.` : ""}
        </span>
        {manages(project.my_role) ? (
          <div>
            <Button size="small" busy={allow.isPending} onClick={() => allow.mutate()}>
              Allow it for this project
            </Button>
          </div>
        ) : null}
        <ErrorNote error={allow.error} />
      </div>
    </Note>
  );
}
