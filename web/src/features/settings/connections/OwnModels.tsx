/** Model files on the server's disk and services of one's own: register, look again, remove. For owners. */
import { Modal, SegmentedControl, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ownModelsQuery } from "../../../api/connectionQueries";
import { api } from "../../../api/client";
import type { OwnModel } from "../../../api/types";
import { Button, ErrorNote, Panel } from "../../../ui";
import { Confirm } from "../../../ui/Confirm";
import { plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";
import css from "./connections.module.css";

const TASKS: Record<string, string> = {
  classify: "finds classes", detect: "finds boxes", segment: "outlines things by clicks", answer: "answers questions",
};

export function OwnModels() {
  const found = useQuery(ownModelsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Panel
      flush title="Models of your own"
      tools={<Button size="small" icon={<IconPlus size={14} />} onClick={() => setAdding(true)}>Add</Button>}
    >
      <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      {found.data?.length === 0 ? (
        <p className={css.quiet}>ONNX files on this server’s disk (classes, YOLO, SAM) and services that speak Label Studio’s ML backend protocol. Projects use them by name.</p>
      ) : null}
      {(found.data ?? []).map((one) => <OwnModelLine key={one.id} model={one} />)}
      {adding ? <AddOwnModel onClose={() => setAdding(false)} /> : null}
    </Panel>
  );
}

function useAgain() {
  const client = useQueryClient();
  return () => Promise.all([client.invalidateQueries({ queryKey: ["own-models"] }), client.invalidateQueries({ queryKey: ["live-tools"] })]);
}

function OwnModelLine({ model }: { model: OwnModel }) {
  const again = useAgain();
  const [asking, setAsking] = useState(false);
  const test = useMutation({ mutationFn: () => api.post<OwnModel>(`/own-models/${model.id}/test`), onSuccess: () => notify(`${model.name} is in order.`), onSettled: again });
  const remove = useMutation({ mutationFn: () => api.delete(`/own-models/${model.id}`), onSettled: again });
  return (
    <article className={css.card} aria-label={model.name}>
      <div className={layout.row}>
        <div className={layout.grow}>
          <h3 className={layout.cut}>{model.name}</h3>
          <div className={css.facts}>
            <span>{model.kind === "onnx" ? "ONNX file" : "service"}</span>
            <span>{TASKS[model.task] ?? model.task}</span>
            <span>{model.detail}</span>
            {model.labels.length > 0 ? <span title={model.labels.join(", ")}>{plural(model.labels.length, "label")}</span> : null}
            <span className={layout.cut} title={model.place ?? ""}>{model.place}</span>
          </div>
        </div>
        <Button size="small" busy={test.isPending} onClick={() => test.mutate()}>Test</Button>
        <Button size="small" kind="quiet" onClick={() => setAsking(true)}>Remove</Button>
      </div>
      <ErrorNote error={test.error ?? remove.error} />
      <Confirm
        open={asking} title={`Remove ${model.name}?`} action="Remove" onClose={() => setAsking(false)} onConfirm={() => remove.mutate()}
        text="Models of projects that use it will fail until they name another one. What it suggested stays, and so does a file."
      />
    </article>
  );
}

function AddOwnModel({ onClose }: { onClose(): void }) {
  const again = useAgain();
  const [kind, setKind] = useState("onnx");
  const [name, setName] = useState("");
  const [place, setPlace] = useState("");
  const save = useMutation({
    mutationFn: () => api.post<OwnModel>("/own-models", { name: name.trim(), kind, place: place.trim() }),
    onSuccess: (made) => {
      notify(`${made.name}: ${TASKS[made.task] ?? made.task}.`);
      onClose();
    },
    onSettled: again,
  });
  const file = kind === "onnx";
  return (
    <Modal opened onClose={onClose} title="Add a model of your own" size={560} centered>
      <form
        className={layout.stack} autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <SegmentedControl value={kind} onChange={setKind} aria-label="Kind" data={[{ value: "onnx", label: "ONNX file" }, { value: "service", label: "Service" }]} />
        <TextInput
          label="Name" description="What projects call it." placeholder="for example vehicles" value={name} data-autofocus
          onChange={(event) => setName(event.currentTarget.value.replace(/[^\w-]/g, "-"))}
        />
        <TextInput
          label={file ? "File or folder" : "Address"} value={place} spellCheck={false} placeholder={file ? "/models/yolo11n.onnx" : "http://127.0.0.1:9090"}
          description={file ? "A path on the server’s disk: a file, or a folder with an encoder and a decoder. It stays where it is." : "Of a server that speaks Label Studio’s ML backend protocol. What it gets, the rules of each project say."}
          onChange={(event) => setPlace(event.currentTarget.value)}
        />
        <ErrorNote error={save.error} />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.isPending} disabled={!name.trim() || !place.trim()}>Add</Button>
        </div>
      </form>
    </Modal>
  );
}
