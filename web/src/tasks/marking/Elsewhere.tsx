/** The same label on the same words in other items, as suggestions: counted and shown before anything happens, and undone at once. */
import { useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import { projectQuery, queryClient } from "../../api/queries";
import { manages } from "../../lib/rights";
import { Button } from "../../ui";
import { brief, count } from "../../ui/format";
import { notify, notifyError } from "../../ui/notify";
import type { Command, WidgetProps } from "../types";
import css from "./elsewhere.module.css";
import type { DrawnSpan, Span } from "./model";

interface Preview {
  items: number;
  more: boolean;
  snippets: { item_id: number; before: string; words: string; after: string }[];
  repeated: boolean;
}

/** More characters than this are not looked for elsewhere. */
const LONGEST = 500;

/** A button, a command and a panel for `own`, the span whose words are being repeated; nothing for who may not run models. */
export function useElsewhere({ item, question }: WidgetProps<Span[]>, own: DrawnSpan | null, text: string, leave: () => void) {
  const words = own ? text.slice(own.start, own.end) : "";
  const role = queryClient.getQueryData(projectQuery(item.project_id).queryKey)?.my_role;
  const wanted = own !== null && words.length <= LONGEST && role !== undefined && manages(role) ? { question: question.name, label: own.label, words, item_id: item.id } : null;
  const preview = usePreview(item.project_id, wanted);
  const [open, setOpen] = useState<string | null>(null);
  const group = question.title ?? question.name;
  const n = preview?.items ?? 0;
  const shown = wanted !== null && preview !== null && n > 0 ? preview : null;
  const close = () => setOpen(null);
  const act = () => {
    if (!wanted || !own) return;
    const { title } = own;
    const send = (path: string) => api.post(`/projects/${item.project_id}/repeats${path}`, wanted);
    send("")
      .then(() => notify(`“${brief(words, 40)}” is being suggested as ${title} in ${inItems(shown!)}.`, { text: "Undo", run: () => void send("/undo").then(() => notify("Taken back.")).catch(notifyError) }))
      .catch(notifyError);
    close();
    leave();
  };
  const commands: Command[] = shown && own ? [{ id: "spans.elsewhere", title: "Suggest this label in other items", keys: ["Shift+Y"], group, scope: "region", run: () => setOpen(own.key) }] : [];
  return {
    commands,
    button: shown && own ? <Button size="small" kind="quiet" keys="Shift+Y" onClick={() => setOpen(own.key)}>Suggest in {inItems(shown)}</Button> : null,
    overlay: shown && own && open === own.key ? <Places key={own.key} preview={shown} words={words} title={own.title} onAct={act} onClose={close} /> : null,
  };
}

const inItems = ({ items, more }: Preview) => `${count(items)}${more ? " or more" : ""} other item${items === 1 && !more ? "" : "s"}`;

/** Asked for once per words and label, when they are shown. */
function usePreview(project: number, wanted: { question: string; label: string; words: string; item_id: number } | null): Preview | null {
  const [found, setFound] = useState<{ key: string; preview: Preview } | null>(null);
  const key = wanted ? JSON.stringify(wanted) : null;
  useEffect(() => {
    if (key === null) return;
    let current = true;
    api.post<Preview>(`/projects/${project}/repeats/preview`, JSON.parse(key))
      .then((preview) => current && setFound({ key, preview }))
      .catch((error: unknown) => current && notifyError(error));
    return () => void (current = false);
  }, [project, key]);
  return found !== null && found.key === key ? found.preview : null;
}

interface PlacesProps {
  preview: Preview;
  words: string;
  title: string;
  onAct(): void;
  onClose(): void;
}

function Places({ preview, words, title, onAct, onClose }: PlacesProps) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.querySelector("button")?.focus(), []);
  const onKeyDown = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
  };
  return (
    <div ref={panel} className={css.panel} role="dialog" aria-label="The same words in other items" onKeyDown={onKeyDown}>
      <p>{inItems(preview)} {preview.items === 1 && !preview.more ? "holds" : "hold"} <q>{brief(words, 60)}</q>, not done yet{preview.repeated ? "; the label is being suggested there already" : ""}.</p>
      <ul>
        {preview.snippets.map((s) => (
          <li key={s.item_id} dir="auto"><span>{tail(s.before)}</span><mark>{s.words}</mark><span>{s.after}</span></li>
        ))}
      </ul>
      <div className={css.foot}>
        <Button size="small" kind="primary" keys="Enter" onClick={onAct}>Suggest {title} in {inItems(preview)}</Button>
        <Button size="small" kind="quiet" keys="Escape" onClick={onClose}>Cancel</Button>
        <small>A suggestion there, to be accepted one by one. Blind items get none.</small>
      </div>
    </div>
  );
}

/** The last few words before a place, so that the place itself is in sight. */
const tail = (before: string) => (before.length > 40 ? `…${before.slice(-39)}` : before);
