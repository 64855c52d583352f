/** A place to drop files and folders, also a button that opens the file chooser. */
import { IconUpload } from "@tabler/icons-react";
import { useRef, useState, type DragEvent } from "react";
import css from "./dropzone.module.css";
import { droppedFiles, type NamedFile } from "./droppedFiles";

export interface DropZoneProps {
  text: string;
  hint?: string;
  accept?: string;
  multiple?: boolean;
  /** Offers a second chooser for whole folders. */
  folders?: boolean;
  onFiles(files: NamedFile[]): void;
}

export function DropZone({ text, hint, accept, multiple, folders, onFiles }: DropZoneProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer).then(onFiles);
  };
  const chosen = (list: FileList | null) =>
    onFiles([...(list ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
  return (
    <div
      className={css.zone} data-over={over || undefined} onDrop={drop} onDragLeave={() => setOver(false)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
    >
      <IconUpload size={20} aria-hidden />
      <button type="button" onClick={() => files.current?.click()}>
        {text}
      </button>
      {hint ? <span>{hint}</span> : null}
      {folders ? (
        <button type="button" className={css.second} onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
      ) : null}
      <input
        ref={files} type="file" hidden accept={accept} multiple={multiple} data-testid="files"
        onChange={(event) => chosen(event.currentTarget.files)}
      />
      {/* React knows no attribute for choosing folders; browsers do. */}
      {folders ? <input ref={folder} type="file" hidden {...{ webkitdirectory: "" }} onChange={(event) => chosen(event.currentTarget.files)} /> : null}
    </div>
  );
}
