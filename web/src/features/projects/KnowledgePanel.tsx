/** The knowledge bases of a project: which there are, and bringing one from a file. */
import { TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { Button, ErrorNote, Note, Panel } from "../../ui";
import { DropZone } from "../../ui/DropZone";
import { count } from "../../ui/format";
import layout from "../../ui/layout.module.css";

interface Line {
  name: string;
  n: number;
}

interface Brought extends Line {
  bad: { line: number; reason: string }[];
}

export function KnowledgePanel({ project }: { project: number }) {
  const client = useQueryClient();
  const key = ["knowledge", project];
  const list = useQuery({ queryKey: key, queryFn: () => api.get<Line[]>(`/projects/${project}/knowledge`) });
  const [name, setName] = useState("");
  const again = () => client.invalidateQueries({ queryKey: key });
  const bring = useMutation({ mutationFn: async (file: File) => api.post<Brought>(`/projects/${project}/knowledge`, { name: name.trim() || nameOf(file), text: await file.text() }), onSuccess: again });
  const remove = useMutation({ mutationFn: (of: string) => api.delete(`/projects/${project}/knowledge?name=${encodeURIComponent(of)}`), onSuccess: again });
  const done = bring.data;
  return (
    <Panel title="Knowledge bases">
      <div className={`${layout.stack} ${layout.tight}`}>
        <span className="dim">Entries that marked text can be linked to: CSV or JSON Lines with id, name, aliases (with | between them) and description. A question names its base in its settings.</span>
        {(list.data ?? []).map((line) => (
          <div key={line.name} className={layout.row}>
            <strong>{line.name}</strong>
            <span className="dim">{count(line.n)} entries</span>
            <Button size="small" kind="quiet" onClick={() => remove.mutate(line.name)}>Remove</Button>
          </div>
        ))}
        <TextInput label="Name" description="Of the base; left empty, that of the file. One of the same name is replaced." w={260} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <DropZone text={bring.isPending ? "Reading…" : "Drop a knowledge base here, or choose one"} accept=".csv,.tsv,.json,.jsonl" onFiles={(files) => files[0] && bring.mutate(files[0].file)} />
        {done ? <Note tone={done.bad.length > 0 ? "warn" : "neutral"}>{done.name}: {count(done.n)} entries.{done.bad.length > 0 ? ` Left out: line ${done.bad.map((b) => `${b.line} (${b.reason})`).slice(0, 5).join(", ")}.` : ""}</Note> : null}
        <ErrorNote error={bring.error ?? remove.error ?? list.error} />
      </div>
    </Panel>
  );
}

const nameOf = (file: File) => file.name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z]+/, "") || "knowledge";
