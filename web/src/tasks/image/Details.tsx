/** The selected thing in detail: its attributes, its place in numbers, its group and depth. */
import type { Question } from "../../api/types";
import { clip, type Size } from "../../lib/geometry";
import type { FigurePoint, Shape } from "../../lib/shape";
import { AttributeForm } from "./AttributeForm";
import { attributesOf } from "./attributes";
import css from "./image.module.css";
import type { DrawnMark, Mark } from "./marks";
import { NumberField } from "./Numbers";

export interface DetailsProps {
  question: Question;
  shape: Shape;
  drawn: DrawnMark;
  picked: { ring: number; at: number } | null;
  image: Size;
  readOnly: boolean;
  onShape(shape: Shape): void;
  onSet(change: Partial<Mark>, name: string): void;
}

export function Details(props: DetailsProps) {
  const { question, shape, drawn, image, readOnly, onShape, onSet } = props;
  const attributes = attributesOf(question, drawn.label);
  const answer = (name: string, value: unknown) => {
    const next = { ...drawn.attributes, [name]: value };
    if (value === undefined) delete next[name];
    onSet({ attributes: Object.keys(next).length > 0 ? next : undefined } as Partial<Mark>, name);
  };
  const whole = (n: number) => (Math.round(n) === 0 ? undefined : Math.round(n));
  return (
    <div className={css.details}>
      {attributes.length > 0 ? <AttributeForm attributes={attributes} values={drawn.attributes} readOnly={readOnly} onAnswer={answer} /> : null}
      <div className={css.numbers}>
        {shape.kind === "box" ? (
          <>
            {([["x", "Left"], ["y", "Top"], ["w", "Width"], ["h", "Height"]] as const).map(([name, title]) => (
              <NumberField key={`${name}:${shape[name]}`} title={title} value={shape[name]} readOnly={readOnly} onSet={(n) => onShape(shape.angle ? { ...shape, [name]: n } : { ...shape, ...clip({ ...shape, [name]: n }, image) })} />
            ))}
            {shape.angle || question.config.rotated ? <NumberField key={`angle:${shape.angle}`} title="Angle °" value={shape.angle} readOnly={readOnly} onSet={(n) => onShape({ ...shape, angle: ((n % 360) + 360) % 360 })} /> : null}
          </>
        ) : <PickedPoint {...props} />}
        <NumberField key={`group:${drawn.group}`} title="Group" value={drawn.group ?? 0} readOnly={readOnly} onSet={(n) => onSet({ group: n > 0 ? whole(n) : undefined } as Partial<Mark>, "group")} />
        <NumberField key={`z:${drawn.z}`} title="Depth" value={drawn.z} readOnly={readOnly} onSet={(n) => onSet({ z: whole(n) } as Partial<Mark>, "depth")} />
      </div>
    </div>
  );
}

const STATES = [[2, "Seen"], [1, "Hidden"], [0, "Not there"]] as const;

/** The picked point in numbers; of a figure, each point with what is known of it. */
function PickedPoint({ shape, picked, readOnly, onShape }: DetailsProps) {
  if (shape.kind === "figure") return <FigureRows shape={shape} at={picked?.at ?? -1} readOnly={readOnly} onShape={onShape} />;
  if (shape.kind !== "outline" && shape.kind !== "line") return null;
  const ring = picked && (picked.ring === 0 || shape.kind === "line" ? shape.points : shape.holes[picked.ring - 1]);
  const point = ring?.[picked!.at];
  if (!point) return <p className={css.tip}>{shape.points.length} points{shape.kind === "outline" && shape.holes.length > 0 ? `, ${shape.holes.length} ${shape.holes.length === 1 ? "hole" : "holes"}` : ""}. Click one to pick it, Alt-click to remove it.</p>;
  const put = (change: { x?: number; y?: number }) => {
    const swap = (points: readonly { x: number; y: number }[]) => points.map((p, i) => (i === picked!.at ? { ...p, ...change } : p));
    if (shape.kind === "line" || picked!.ring === 0) onShape({ ...shape, points: swap(shape.points) });
    else onShape({ ...shape, holes: shape.holes.map((hole, i) => (i === picked!.ring - 1 ? swap(hole) : hole)) });
  };
  return (
    <>
      <NumberField key={`x:${point.x}`} title="Point x" value={point.x} readOnly={readOnly} onSet={(x) => put({ x })} />
      <NumberField key={`y:${point.y}`} title="Point y" value={point.y} readOnly={readOnly} onSet={(y) => put({ y })} />
    </>
  );
}

function FigureRows({ shape, at, readOnly, onShape }: { shape: Shape & { kind: "figure" }; at: number; readOnly: boolean; onShape(shape: Shape): void }) {
  const middle = () => {
    const there = shape.points.filter((p) => p.v > 0);
    return { x: there.reduce((sum, p) => sum + p.x, 0) / there.length, y: there.reduce((sum, p) => sum + p.y, 0) / there.length };
  };
  const put = (index: number, v: FigurePoint["v"]) => {
    const points = shape.points.map((p, i): FigurePoint => (i !== index ? p : v === 0 ? { x: 0, y: 0, v } : p.v === 0 ? { ...middle(), v } : { ...p, v }));
    if (points.some((p) => p.v > 0)) onShape({ ...shape, points });
  };
  return (
    <div className={css.points}>
      {shape.names.map((name, i) => (
        <label key={name} data-picked={i === at || undefined}>
          <span>{name}</span>
          <select value={shape.points[i]?.v ?? 0} disabled={readOnly} onChange={(event) => put(i, Number(event.currentTarget.value) as FigurePoint["v"])}>
            {STATES.map(([v, words]) => <option key={v} value={v}>{words}</option>)}
          </select>
        </label>
      ))}
    </div>
  );
}
