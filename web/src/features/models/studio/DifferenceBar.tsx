/** A difference with its interval around zero: whether the band touches the middle is what matters. */
import type { Figure } from "../../../api/types";

export function DifferenceBar({ figure, widest, text }: { figure: Figure; widest: number; text: string }) {
  const { value, low, high } = figure;
  if (value === null || low === null || high === null) return null;
  const x = (share: number) => `${50 + (50 * Math.max(-widest, Math.min(widest, share))) / widest}%`;
  return (
    <svg style={{ display: "block", width: "100%", height: 18 }} role="img" aria-label={text}>
      <title>{text}</title>
      <line x1="0" x2="100%" y1="9" y2="9" stroke="var(--border)" strokeWidth="2" />
      <line x1={x(low)} x2={x(high)} y1="9" y2="9" stroke="var(--accent)" strokeOpacity="0.45" strokeWidth="6" />
      <line x1="50%" x2="50%" y1="1" y2="17" stroke="var(--text-dim)" strokeDasharray="2 2" />
      <circle cx={x(value)} cy="9" r="5" fill="var(--accent)" stroke="var(--surface)" strokeWidth="1.5" />
    </svg>
  );
}
