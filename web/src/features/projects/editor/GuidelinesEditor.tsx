/** Guidelines as Markdown, written left and seen right. */
import { Textarea } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Skeleton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import css from "./editor.module.css";

const Markdown = lazy(() => import("../../../ui/Markdown"));

export function GuidelinesEditor({ text, onChange }: { text: string; onChange(text: string): void }) {
  return (
    <div className={css.guidelines}>
      <Textarea
        label="Markdown" description="A heading with a label's value (## billing) opens when that label is looked up." autosize minRows={12} maxRows={28}
        value={text} onChange={(event) => onChange(event.currentTarget.value)} placeholder={"# How to label\n\n## billing\nAnything about invoices and payments."}
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
