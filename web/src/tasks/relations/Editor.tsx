/** Spans in a text and the relations between them: select a span, press T, choose the other end, choose the type. */
import { useMemo, useState } from "react";
import { brief, count } from "../../ui/format";
import { Button } from "../../ui";
import { useCommands } from "../labels/label-commands";
import { LabelStrip } from "../labels/LabelStrip";
import { Cap } from "../keycaps";
import { useExtras } from "../marking/Extras";
import { Hint } from "../marking/Hint";
import { TextSurface } from "../marking/TextSurface";
import { nextInStack, useMarking } from "../marking/useMarking";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { WidgetProps } from "../types";
import { Arcs, type DrawnArc } from "./Arcs";
import { linkCommands } from "../linking/commands";
import { typesOf } from "../linking/links";
import { TypeStrip } from "../linking/TypeStrip";
import { useLinking } from "../linking/useLinking";
import { EMPTY, links, type Graph } from "./model";
import { useArcs, useSpanProps } from "./useGraph";

export function Editor(props: WidgetProps<Graph>) {
  const { question, active, onActivate, readOnly } = props;
  const spanProps = useSpanProps(props);
  const m = useMarking(spanProps);
  const extras = useExtras(spanProps, m);
  const { spans, selected, armed, refusal } = m;
  const { arcs, open } = useArcs(props, spans.drawn);
  const l = useLinking({
    noun: "span", links, graph: props.value ?? EMPTY, types: typesOf(question), drawn: spans.drawn, arcs, open, selected, own: m.own, readOnly,
    put: (next, label) => props.onChange(next.spans.length > 0 ? next : undefined, { label }),
    refuse: m.refuse, select: m.select, reveal: (span) => m.surface.current?.reveal(span.start), onReject: props.onReject,
  });
  const [few, setFew] = useState(false);
  const [crowd, setCrowd] = useState(0);
  const { head, tail, link, offered } = l;
  const first = offered.find((t) => t.value === l.last) ?? offered[0];
  const proposed = useMemo<DrawnArc | null>(
    () => (head && tail && first ? { key: "proposed", head, tail, label: first.value, title: first.title, color: first.color, kind: first.kind, suggested: null } : null),
    [head, tail, first],
  );
  const words = (span: { start: number; end: number }) => `“${brief(spans.text.slice(span.start, span.end), 28)}”`;
  const group = question.title ?? question.name;
  const linking = linkCommands({
    group, noun: "span", fewKey: "O", own: m.own !== null, some: arcs.length > 0, few, linking: head ? { types: tail ? offered : [] } : null,
    selected: link && !readOnly ? { suggested: link.suggested !== null, directed: link.kind === "directed", types: offered } : null,
    start: l.start, target: l.target, finish: (type) => head && tail && l.draw(head, tail, type), leave: l.leave, step: l.step, retype: l.retype, turn: l.turn, remove: l.remove, accept: l.accept, reject: l.reject,
    toggleFew: () => setFew(!few),
  });
  useCommands(props, head ? linking : link ? [...m.commands.filter((c) => c.scope === "tool"), ...linking] : [...m.commands.filter((c) => !extras.takes?.has(c.id)), ...extras.commands, ...linking]);
  const typing = head !== null || link !== null;
  return (
    <div className={regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        {typing
          ? <TypeStrip types={offered} others={l.types.filter((t) => !offered.includes(t))} chosen={link?.label ?? first?.value ?? null} readOnly={readOnly} onPick={(type) => (head && tail ? l.draw(head, tail, type) : l.retype(type))} />
          : <LabelStrip question={question} active={active} labels={spans.labels} armed={armed ?? (selected && !selected.suggested ? selected.label : null)} readOnly={readOnly} onPick={m.pick} filterRef={m.filter} />}
        {head ? (
          <RegionBar commands="relations" selected={null} readOnly={readOnly} onAccept={nothing} onReject={nothing} onRemove={nothing} hint={refusal ? <span className={regions.warn}>{refusal}</span> : <Linking head={words(head)} tail={tail ? words(tail) : null} />} />
        ) : link ? (
          <RegionBar
            commands="relations" hint={null} readOnly={readOnly} onAccept={l.accept} onReject={l.reject} onRemove={l.remove}
            selected={refusal ? null : { title: link.title, color: link.color, detail: `${words(link.head)} ${link.kind === "directed" ? "→" : "–"} ${words(link.tail)}`, suggested: link.suggested }}
          />
        ) : (
          <RegionBar
            commands="spans" readOnly={readOnly} onAccept={() => m.accept()} onReject={m.reject} onRemove={m.remove}
            hint={<><Hint refusal={refusal} active={active} pending={m.pending !== null} armed={spans.labels.find((t) => t.value === armed)} n={spans.value.length} readOnly={readOnly} />{crowd > 0 && !few ? <> {count(crowd)} relations in sight: select a span to see its own.</> : null}</>}
            selected={refusal || !selected ? null : { title: selected.title, color: selected.color, detail: `${words(selected)}${extras.detail}`, suggested: selected.suggested }}
            more={m.own ? <>{extras.buttons}<Button size="small" kind="quiet" keys="T" onClick={l.start}>Relate</Button></> : null}
          />
        )}
        {extras.overlay}
      </div>
      <TextSurface
        ref={m.surface} name={group} text={spans.text} blocks={spans.blocks} shares={spans.shares} selected={tail ?? head ?? selected} armed={armed !== null} editable={m.own !== null && !head} roomy
        {...m.onSurface} onClick={(offset) => l.click((ends, tail) => nextInStack(ends, offset, tail)) || m.onSurface.onClick(offset)}
        overlay={(ruler) => <Arcs ruler={ruler} arcs={arcs} selected={link?.key ?? null} span={head?.key ?? selected?.key ?? null} few={few} proposed={proposed} onPick={l.pick} onCrowd={setCrowd} />}
      />
    </div>
  );
}

const nothing = () => undefined;

function Linking({ head, tail }: { head: string; tail: string | null }) {
  if (!tail) return <>From {head}: click the other end, or step with <Cap id="relations.target-next" of="J" /> <Cap id="relations.target-previous" of="K" />. <Cap id="relations.leave" of="Esc" /> to stop.</>;
  return <>{head} → {tail}: press a key of a type, or <Cap id="relations.finish" of="Enter" />.</>;
}
