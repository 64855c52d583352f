/** The reliability diagram: stated confidence to the right, share that is right upwards, each with its interval and its count. */
import type { ConfidenceBin } from "../../../api/types";
import { count, percent } from "../../../ui/format";
import css from "./llm.module.css";

const SIZE = 400;
const PAD = { left: 44, right: 12, top: 16, bottom: 38 };
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

export function ReliabilityPlot({ bins }: { bins: ConfidenceBin[] }) {
  const inner = { w: SIZE - PAD.left - PAD.right, h: SIZE - PAD.top - PAD.bottom };
  const x = (share: number) => share * inner.w;
  const y = (share: number) => inner.h - share * inner.h;
  const most = Math.max(1, ...bins.map((bin) => bin.n));
  return (
    <svg className={css.plot} viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={`Reliability diagram of ${count(bins.reduce((n, bin) => n + bin.n, 0))} blind answers; the table holds its numbers`}>
      <g transform={`translate(${PAD.left},${PAD.top})`}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <line x1={0} x2={inner.w} y1={y(tick)} y2={y(tick)} stroke="var(--border)" />
            <text x={-8} y={y(tick) + 4} textAnchor="end">
              {percent(tick)}
            </text>
            <text x={x(tick)} y={inner.h + 16} textAnchor="middle">
              {percent(tick)}
            </text>
          </g>
        ))}
        <line x1={0} y1={inner.h} x2={inner.w} y2={0} stroke="var(--text-dim)" strokeDasharray="4 4" />
        <text x={inner.w / 2} y={inner.h + 33} textAnchor="middle">
          confidence
        </text>
        <text transform={`translate(-34,${inner.h / 2}) rotate(-90)`} textAnchor="middle">
          right
        </text>
        {bins.map((bin) => {
          const title = `Score ${bin.low.toFixed(2)} to ${bin.high.toFixed(2)}: ${percent(bin.share)} of ${count(bin.n)} right (${percent(bin.share_low)} to ${percent(bin.share_high)}), mean score ${percent(bin.mean)}`;
          return (
            <g key={bin.low}>
              <title>{title}</title>
              <line x1={x(bin.mean)} x2={x(bin.mean)} y1={y(bin.share_low)} y2={y(bin.share_high)} stroke="var(--accent)" strokeOpacity={0.5} strokeWidth={4} />
              <circle cx={x(bin.mean)} cy={y(bin.share)} r={3 + 5 * Math.sqrt(bin.n / most)} fill="var(--accent)" stroke="var(--surface)" strokeWidth={1.5} />
              <text x={x(bin.mean)} y={y(bin.share_high) - 5} textAnchor="middle">
                {count(bin.n)}
              </text>
            </g>
          );
        })}
      </g>
    </svg>
  );
}
