/** One figure, large, with its interval and what it rests on; or why it cannot be told. */
import type { QualityFigure } from "../../api/types";
import layout from "../../ui/layout.module.css";
import { basisOf, between, number, share, shareBetween } from "./figureWords";
import css from "./quality.module.css";

export interface BigProps {
  name: string;
  figure: QualityFigure;
  about?: string;
  /** A share in percent; else a number such as alpha. */
  asShare?: boolean;
  main?: boolean;
}

export function Big({ name, figure, about, asShare, main }: BigProps) {
  const range = asShare ? shareBetween(figure) : between(figure);
  return (
    <div className={css.big} data-main={main || undefined}>
      <h3>{name}</h3>
      {figure.value === null ? (
        <p className={layout.help}>{figure.why}</p>
      ) : (
        <>
          <strong>{asShare ? share(figure) : number(figure)}</strong>
          <span className={layout.help}>
            {range ? `${range}, ` : ""}
            {basisOf(figure)}
          </span>
          {range ? null : <span className={layout.help}>{figure.why}</span>}
        </>
      )}
      {about ? <span className={layout.help}>{about}</span> : null}
    </div>
  );
}
