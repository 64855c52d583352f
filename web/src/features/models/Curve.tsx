/** A small learning curve: accuracy on blind answers over labels, with its interval. */
import { useElementSize } from "@mantine/hooks";
import type { Model } from "../../api/types";
import { count, percent } from "../../ui/format";
import css from "./models.module.css";
import { curveShape } from "./modelWords";

const PAD = { left: 40, right: 8, top: 6, bottom: 20 };
const HEIGHT = 110;

export function Curve({ points }: { points: Model["curve"] }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const inner = { w: Math.max(60, width - PAD.left - PAD.right), h: HEIGHT - PAD.top - PAD.bottom };
  const shape = curveShape(points, inner.w, inner.h);
  if (shape === null) return null;
  return (
    <div ref={ref}>
      <svg className={css.curve} role="img" aria-label={`Learning curve from ${count(shape.first)} to ${count(shape.last)} labels`}>
        <g transform={`translate(${PAD.left},${PAD.top})`}>
          <line x1={0} x2={inner.w} y1={inner.h} y2={inner.h} stroke="var(--border)" />
          <line x1={0} x2={inner.w} y1={0} y2={0} stroke="var(--border)" strokeDasharray="2 3" />
          <text x={-6} y={4} textAnchor="end">
            {percent(shape.high)}
          </text>
          <text x={-6} y={inner.h + 3} textAnchor="end">
            {percent(shape.low)}
          </text>
          <text x={0} y={inner.h + 16}>
            {count(shape.first)} labels
          </text>
          <text x={inner.w} y={inner.h + 16} textAnchor="end">
            {count(shape.last)}
          </text>
          <path d={shape.band} fill="var(--accent)" fillOpacity={0.16} />
          <path d={shape.line} fill="none" stroke="var(--accent)" strokeWidth={2} strokeLinejoin="round" />
          {shape.dots.map((dot) => (
            <circle key={dot.title} cx={dot.x} cy={dot.y} r={3} fill="var(--accent)" stroke="var(--surface)">
              <title>{dot.title}</title>
            </circle>
          ))}
        </g>
      </svg>
    </div>
  );
}
