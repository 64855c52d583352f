/** Guidelines as Markdown, written left and seen right. Pictures are pasted or dropped into the text once the project exists. */
import { Textarea } from "@mantine/core";
import { lazy, type ClipboardEvent, type DragEvent, Suspense, useRef, useState } from "react";
import { errorText, request } from "../../../api/client";
import { Skeleton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import css from "./editor.module.css";

const Markdown = lazy(() => import("../../../ui/Markdown"));

export interface GuidelinesEditorProps {
  text: string;
  /** The project that keeps the pictures; none while it is being created. */
  project?: number;
  onChange(text: string): void;
}

export function GuidelinesEditor({ text, project, onChange }: GuidelinesEditorProps) {
  const pictures = usePictures(text, project, onChange);
  return (
    <div className={css.guidelines}>
      <Textarea
        label="Markdown" autosize minRows={12} maxRows={28} ref={pictures.box} error={pictures.error}
        description={`A heading with a label's value (## billing) opens when that label is looked up. ${pictures.hint}`}
        value={text} onChange={(event) => onChange(event.currentTarget.value)} onPaste={pictures.paste} onDrop={pictures.drop}
        placeholder={"# How to label\n\n## billing\nAnything about invoices and payments."}
        styles={{ input: { fontFamily: "var(--mono)", fontSize: 13 } }}
      />
      <div className={css.previewSide}>
        <span>Preview</span>
        <p className={layout.help}>As people see it beside the item.</p>
        <div className={css.preview} aria-label="Preview" role="region" tabIndex={0}>
          <Suspense fallback={<Skeleton height={80} />}>
            {text.trim() ? <Markdown text={text} /> : <p className="dim">The preview appears here.</p>}
          </Suspense>
        </div>
      </div>
    </div>
  );
}

/** Takes pictures from the clipboard or the mouse, keeps them in the project and writes them where the cursor is. */
function usePictures(text: string, project: number | undefined, onChange: (text: string) => void) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [error, setError] = useState<string | null>(null);
  const take = async (files: readonly File[]) => {
    const at = box.current?.selectionStart ?? text.length;
    try {
      const written = await Promise.all(files.map((file) => keep(project ?? 0, file)));
      setError(null);
      onChange(`${text.slice(0, at)}${written.join("\n")}\n${text.slice(at)}`);
    } catch (cause) {
      setError(errorText(cause));
    }
  };
  const from = (event: ClipboardEvent | DragEvent, list: FileList) => {
    const files = [...list].filter((file) => file.type.startsWith("image/"));
    if (files.length === 0 || project === undefined) return;
    event.preventDefault();
    void take(files);
  };
  return {
    box,
    error,
    hint: project === undefined ? "Pictures can be added once the project exists." : "Paste or drop pictures into the text.",
    paste: (event: ClipboardEvent) => from(event, event.clipboardData.files),
    drop: (event: DragEvent) => from(event, event.dataTransfer.files),
  };
}

async function keep(project: number, file: File): Promise<string> {
  const kept = await request<{ url: string }>("POST", `/projects/${project}/pictures`, { query: { name: file.name }, raw: file });
  return `![${file.name.replace(/[[\]]/g, "")}](${kept.url})`;
}
