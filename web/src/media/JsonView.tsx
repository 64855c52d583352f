/** Any value as indented JSON. */
import css from "./media.module.css";

const LONGEST = 100_000;

export function JsonView({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2) ?? String(value);
  return <pre className={css.json}>{text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… ${text.length - LONGEST} more characters` : text}</pre>;
}
