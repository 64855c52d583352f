/** A project from its file: paste the YAML or JSON, or drop the file. */
import { Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Project } from "../../api/types";
import { Button, ErrorNote, Note, Panel } from "../../ui";
import { DropZone } from "../../ui/DropZone";
import layout from "../../ui/layout.module.css";

export function FromFile({ onCreated }: { onCreated(project: Project): void }) {
  const [text, setText] = useState("");
  const create = useMutation({
    mutationFn: () => api.post<Project>("/projects/from-file", { text }),
    onSuccess: onCreated,
  });
  const [lost, setLost] = useState<string[] | null>(null);
  const isXml = text.trimStart().startsWith("<");
  const convert = useMutation({
    mutationFn: () => api.post<{ text: string; lost: string[] }>("/label-config", { xml: text }),
    onSuccess: (done) => {
      setText(done.text);
      setLost(done.lost);
    },
  });
  const take = (files: File[]) => void files[0]?.text().then(setText);
  return (
    <Panel title="Project as code">
      <div className={layout.stack}>
        <DropZone text="Drop a project file or a label config of Label Studio here, or choose one" accept=".yaml,.yml,.json,.xml" onFiles={(files) => take(files.map((one) => one.file))} />
        <Textarea
          label="Or paste it" autosize minRows={10} maxRows={28} value={text} onChange={(event) => setText(event.currentTarget.value)}
          placeholder={"name: Support mail\nfields:\n  - name: text\n    kind: text\nquestions:\n  - name: topic"}
          spellCheck={false} styles={{ input: { fontFamily: "var(--mono)" } }}
        />
        {lost ? <Note tone={lost.length > 0 ? "warn" : undefined}>{lost.length > 0 ? `Converted. Without its like here, and left out: ${lost.join("; ")}.` : "Converted. Everything in it has its like here."} Look it through, then create the project.</Note> : null}
        <ErrorNote error={create.error ?? convert.error} />
        <div>
          {isXml
            ? <Button kind="primary" busy={convert.isPending} onClick={() => convert.mutate()}>Convert the label config</Button>
            : <Button kind="primary" busy={create.isPending} disabled={!text.trim()} onClick={() => create.mutate()}>Create project</Button>}
        </div>
      </div>
    </Panel>
  );
}
