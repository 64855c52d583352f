/** Marking spans in a text: select and press a label key, or arm a label and select. */
import { brief } from "../../ui/format";
import { useCommands } from "../labels/label-commands";
import { LabelStrip } from "../labels/LabelStrip";
import { useExtras } from "../marking/Extras";
import { Hint } from "../marking/Hint";
import type { Span } from "../marking/model";
import { TextSurface } from "../marking/TextSurface";
import { useMarking } from "../marking/useMarking";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { WidgetProps } from "../types";

export function Editor(props: WidgetProps<Span[]>) {
  const { question, active, onActivate, readOnly } = props;
  const m = useMarking(props);
  const { spans, selected, armed, refusal } = m;
  const extras = useExtras(props, m, true);
  useCommands(props, [...m.commands.filter((c) => !extras.takes?.has(c.id)), ...extras.commands]);
  return (
    <div className={regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <LabelStrip question={question} active={active} labels={spans.labels} armed={armed ?? (selected && !selected.suggested ? selected.label : null)} readOnly={readOnly} onPick={m.pick} filterRef={m.filter} />
        <RegionBar
          commands="spans"
          hint={<Hint refusal={refusal} active={active} pending={m.pending !== null} armed={spans.labels.find((l) => l.value === armed)} n={spans.value.length} readOnly={readOnly} />}
          selected={refusal || !selected ? null : { title: selected.title, color: selected.color, detail: `“${brief(spans.text.slice(selected.start, selected.end), 60)}”${extras.detail}`, suggested: selected.suggested }}
          readOnly={readOnly} more={extras.buttons} onAccept={() => m.accept()} onReject={m.reject} onRemove={m.remove}
        />
        {extras.overlay}
      </div>
      <TextSurface
        ref={m.surface} name={question.title ?? question.name} text={spans.text} blocks={spans.blocks} shares={spans.shares} selected={selected} armed={armed !== null} editable={m.own !== null}
        {...m.onSurface}
      />
    </div>
  );
}
