/** Where the data comes from: files dropped here, pasted text, or (for owners) a path on the server. */
import { Checkbox, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { meQuery } from "../../api/queries";
import { uploadFiles, type UploadProgress } from "../../api/upload";
import type { Project } from "../../api/types";
import { Bar, Button, ErrorNote, Panel } from "../../ui";
import { DropZone } from "../../ui/DropZone";
import type { NamedFile } from "../../ui/droppedFiles";
import { bytes } from "../../ui/format";
import layout from "../../ui/layout.module.css";

export interface Source {
  /** What goes into the request. */
  request: { upload: string } | { path: string } | { text: string };
  /** What to call it on the screen. */
  title: string;
  /** Copy media into the workspace (true) or refer to the files where they are. */
  copy: boolean;
}

type Way = "files" | "text" | "path";

export function ImportSource({ project, onReady }: { project: Project; onReady(source: Source): void }) {
  const owner = useQuery(meQuery).data?.user.role === "owner";
  const [way, setWay] = useState<Way>("files");
  const ways = [
    { value: "files", label: "Files" },
    { value: "text", label: "Paste" },
    ...(owner ? [{ value: "path", label: "Path on the server" }] : []),
  ];
  return (
    <>
      <div>
        <SegmentedControl aria-label="Where the data comes from" value={way} data={ways} onChange={(value) => setWay(value as Way)} />
      </div>
      {way === "files" ? <Files project={project} onReady={onReady} /> : null}
      {way === "text" ? <Paste onReady={onReady} /> : null}
      {way === "path" ? <ServerPath onReady={onReady} /> : null}
    </>
  );
}

function Files({ project, onReady }: { project: Project; onReady(source: Source): void }) {
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef(new AbortController());
  const upload = (files: NamedFile[]) => {
    if (files.length === 0) return;
    stop.current = new AbortController();
    setError(null);
    setProgress({ files: 0, ofFiles: files.length, bytes: 0, ofBytes: 1 });
    const title = files.length === 1 ? (files[0]?.name ?? "") : `${files.length} files`;
    uploadFiles(project.id, files, setProgress, stop.current.signal)
      .then((id) => onReady({ request: { upload: id }, title, copy: true }))
      .catch(setError)
      .finally(() => setProgress(null));
  };
  if (progress) {
    return (
      <Panel title="Uploading" tools={<Button size="small" onClick={() => stop.current.abort()}>Stop</Button>}>
        <div className={`${layout.stack} ${layout.tight}`}>
          <Bar label="Upload" total={progress.ofBytes || 1} parts={[{ n: progress.bytes, color: "var(--accent)", title: "sent" }]} />
          <span className={layout.help}>
            {bytes(progress.bytes)} of {bytes(progress.ofBytes)}
            {progress.ofFiles > 1 ? ` · file ${progress.files + 1} of ${progress.ofFiles}` : ""}
          </span>
        </div>
      </Panel>
    );
  }
  return (
    <>
      <DropZone
        text="Drop files, folders or a ZIP here, or choose files" folders multiple onFiles={upload}
        hint="JSONL, JSON, CSV, TSV, Parquet, plain text, pictures; data sets such as COCO, YOLO, Pascal VOC, CVAT. Any encoding that can be recognised."
      />
      <ErrorNote error={error} />
    </>
  );
}

function Paste({ onReady }: { onReady(source: Source): void }) {
  const [text, setText] = useState("");
  return (
    <Panel>
      <div className={layout.stack}>
        <Textarea
          label="One item a line, or JSON lines, or CSV with a head line" autosize minRows={10} maxRows={24} value={text}
          onChange={(event) => setText(event.currentTarget.value)} styles={{ input: { fontFamily: "var(--mono)" } }} spellCheck={false}
        />
        <div>
          <Button kind="primary" disabled={!text.trim()} onClick={() => onReady({ request: { text }, title: "Pasted text", copy: true })}>
            Look at it
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function ServerPath({ onReady }: { onReady(source: Source): void }) {
  const [path, setPath] = useState("");
  const [copy, setCopy] = useState(true);
  return (
    <Panel>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          onReady({ request: { path: path.trim() }, title: path.trim(), copy });
        }}
      >
        <TextInput
          label="File or folder on the server's disk" placeholder="/data/mails.jsonl" value={path} spellCheck={false}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Checkbox
          label="Copy pictures into the workspace" description="Otherwise the files must stay where they are." checked={copy}
          onChange={(event) => setCopy(event.currentTarget.checked)}
        />
        <div>
          <Button type="submit" kind="primary" disabled={!path.trim()}>
            Look at it
          </Button>
        </div>
      </form>
    </Panel>
  );
}
