/** A document to be read: pages, zoom, search. */
import type { MediaValue } from "../api/types";
import css from "./media.module.css";
import { PageFrame } from "./pages/PageFrame";
import { useViewer } from "./pages/viewer";

export default function DocumentView({ value, name }: { value: MediaValue; name: string }) {
  const viewer = useViewer(value, null);
  return <div className={css.document}><PageFrame viewer={viewer} name={name} /></div>;
}
