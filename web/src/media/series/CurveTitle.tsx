/** The name of a curve and the numbers between which it runs. */
import type { Curve } from "./series";
import css from "./series.module.css";

/** In as few digits as tell it from its neighbours, for a narrow place. */
export const short = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(Math.abs(value) < 0.001 ? 2 : Math.abs(value) < 1000 ? 3 : 5)));

export function CurveTitle({ curve }: { curve: Curve }) {
  return <div className={css.title}><span>{curve.name}</span><span>{`${short(curve.low)}\u200a–\u200a${short(curve.high)}`}</span></div>;
}
