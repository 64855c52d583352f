/** A rubric from the text of a file; the server says which line is wrong. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import { Button, Panel } from "../../ui";
import layout from "../../ui/layout.module.css";

export function RubricFile({ busy, onText, onClose }: { busy: boolean; onText(text: string): void; onClose(): void }) {
  const [text, setText] = useState("");
  return (
    <Panel title="From a file">
      <div className={layout.stack}>
        <Textarea
          label="YAML or JSON" autosize minRows={6} maxRows={20} value={text} onChange={(event) => setText(event.currentTarget.value)} spellCheck={false}
          styles={{ input: { fontFamily: "var(--mono)" } }}
        />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} disabled={text.trim() === ""} onClick={() => onText(text)}>Save rubric</Button>
        </div>
      </div>
    </Panel>
  );
}
