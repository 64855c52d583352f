/** The name of a curve and the numbers between which it runs. */
import type { Curve } from "./series";
import css from "./series.module.css";

const short = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(4).replace(/\.?0+$/, ""));

export function CurveTitle({ curve }: { curve: Curve }) {
  return <div className={css.title}><span>{curve.name}</span><span>{short(curve.low)} – {short(curve.high)}</span></div>;
}
