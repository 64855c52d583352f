/** A project from its file: paste the YAML or JSON, or drop the file. */
import { Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Project } from "../../api/types";
import { Button, ErrorNote, Panel } from "../../ui";
import { DropZone } from "../../ui/DropZone";
import layout from "../../ui/layout.module.css";

export function FromFile({ onCreated }: { onCreated(project: Project): void }) {
  const [text, setText] = useState("");
  const create = useMutation({
    mutationFn: () => api.post<Project>("/projects/from-file", { text }),
    onSuccess: onCreated,
  });
  const take = (files: File[]) => void files[0]?.text().then(setText);
  return (
    <Panel title="Project as code">
      <div className={layout.stack}>
        <DropZone text="Drop a project file here, or choose one" accept=".yaml,.yml,.json" onFiles={(files) => take(files.map((one) => one.file))} />
        <Textarea
          label="Or paste it" autosize minRows={10} maxRows={28} value={text} onChange={(event) => setText(event.currentTarget.value)}
          placeholder={"name: Support mail\nfields:\n  - name: text\n    kind: text\nquestions:\n  - name: topic"}
          spellCheck={false} styles={{ input: { fontFamily: "var(--mono)" } }}
        />
        <ErrorNote error={create.error} />
        <div>
          <Button kind="primary" busy={create.isPending} disabled={!text.trim()} onClick={() => create.mutate()}>
            Create project
          </Button>
        </div>
      </div>
    </Panel>
  );
}
