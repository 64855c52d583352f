/** What can be done with a selected span besides: link it to an entry, and mark all identical text alike, here or everywhere. */
import { useState } from "react";
import { Button } from "../../ui";
import type { Command, WidgetProps } from "../types";
import { useElsewhere } from "./Elsewhere";
import { EntityPicker, useEntityName } from "./EntityPicker";
import { changed, keyOf, type Span } from "./model";
import type { Marking } from "./useMarking";
import { useRepeat } from "./useRepeat";

/** Commands, buttons, a word on what is linked, and what is laid over the head while one of them is at work. */
export function useExtras(props: WidgetProps<Span[]>, m: Marking, everywhere = false) {
  const { question, item } = props;
  const group = question.title ?? question.name;
  const repeat = useRepeat(m, group, props.fields.length > 1 ? m.spans.field?.name : undefined);
  const elsewhere = useElsewhere(props, everywhere && repeat.places ? m.own : null, m.spans.text, repeat.leave);
  const knowledge = typeof question.config.knowledge === "string" ? question.config.knowledge : null;
  const [open, setOpen] = useState<string | null>(null);
  const stored = m.own ? m.spans.value.find((span) => keyOf(span) === m.own!.key) : undefined;
  const entity = stored?.entity;
  const name = useEntityName(item.project_id, knowledge, entity);
  const link = (to: string | undefined) => {
    if (m.own) m.put(changed(m.all, m.own.key, { entity: to }), to === undefined ? "take a link away" : "link to an entry");
    setOpen(null);
  };
  const picking = knowledge !== null && m.own !== null && open === m.own.key;
  const commands: Command[] = [
    ...repeat.commands, ...elsewhere.commands,
    ...(knowledge && m.own && !repeat.places ? [{ id: "spans.link", title: `Link to ${knowledge}`, keys: ["E"], group, scope: "region" as const, run: () => setOpen(m.own!.key) }] : []),
  ];
  const n = repeat.places?.length ?? 0;
  return {
    commands,
    /** The commands that may not act meanwhile. */
    takes: repeat.places ? new Set(["spans.back"]) : null,
    detail: entity ? ` → ${name}` : "",
    buttons: m.own ? (
      <>
        {repeat.places ? <Button size="small" keys="Enter" disabled={n === 0} onClick={repeat.commit}>{n === 0 ? "Nowhere else here" : `Mark ${n} more here`}</Button> : <Button size="small" kind="quiet" keys="Y" onClick={repeat.show}>Repeat</Button>}
        {elsewhere.button}
        {knowledge ? <Button size="small" kind="quiet" keys="E" onClick={() => setOpen(m.own!.key)}>{entity ? "Change link" : "Link"}</Button> : null}
      </>
    ) : null,
    overlay: picking ? <EntityPicker key={m.own!.key} project={item.project_id} knowledge={knowledge} words={m.spans.text.slice(m.own!.start, m.own!.end).slice(0, 200)} current={entity} onPick={link} onClose={() => setOpen(null)} /> : elsewhere.overlay,
  };
}
