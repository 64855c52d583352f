/** How suggestions spread over confidence; what lies above the threshold is coloured. */
import type { Histogram } from "../../api/types";
import { Skeleton } from "../../ui";

export function HistogramBars({ histogram, least }: { histogram: Histogram | undefined; least: number }) {
  if (!histogram) return <Skeleton height={56} />;
  const most = Math.max(1, ...histogram.bins.map((bin) => bin.n));
  return (
    <svg width="100%" height="56" viewBox="0 0 100 56" preserveAspectRatio="none" role="img" aria-label="Spread of the suggestions over confidence" style={{ display: "block", marginBottom: 6 }}>
      {histogram.bins.map((bin) => {
        const height = bin.n === 0 ? 0 : Math.max(1.5, (bin.n / most) * 52);
        return (
          <rect
            key={bin.low} x={bin.low * 100 + 0.3} width={Math.max(0.2, (bin.high - bin.low) * 100 - 0.6)} y={55 - height} height={height}
            fill={bin.low >= least - 1e-9 ? "var(--suggest)" : "var(--surface-3)"}
          />
        );
      })}
      <line x1="0" x2="100" y1="55.5" y2="55.5" stroke="var(--border)" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
