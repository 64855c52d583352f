export function ConfidencePanel(_: { project: number; model: unknown }) {
  return null;
}
