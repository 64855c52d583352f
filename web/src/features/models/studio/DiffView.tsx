/** Changed settings: what went is struck through, what came is underlined; colour comes on top. */
import layout from "../../../ui/layout.module.css";
import { type Change, diffLines, diffWords, type Piece } from "../../../lib/diff";
import css from "./studio.module.css";

const NAMES: Record<string, string> = {
  connection: "Connected model", fallback: "Falls back to", instructions: "Instructions", template: "Template", examples: "Examples",
  fixed_examples: "Written examples", reason: "Reason first", confidence: "Signs of confidence", samples: "Answers an item", committee: "Committee",
  temperature: "Temperature", max_tokens: "Longest answer", retries: "Tries again", fields: "Fields",
};

export function DiffView({ changes, title }: { changes: Change[]; title?: string }) {
  return (
    <div className={css.diffs} role="group" aria-label={title ?? "What differs"}>
      {title ? <h3>{title}</h3> : null}
      {changes.map((change) => (
        <div key={change.name}>
          <div className={layout.help}>{NAMES[change.name] ?? change.name}</div>
          {change.long ? <LongDiff change={change} /> : <ShortDiff change={change} />}
        </div>
      ))}
    </div>
  );
}

function Marked({ piece }: { piece: Piece }) {
  if (piece.kind === "gone") return <del className={css.gone}>{piece.text || " "}</del>;
  return piece.kind === "new" ? <ins className={css.new}>{piece.text || " "}</ins> : <span>{piece.text || " "}</span>;
}

function ShortDiff({ change }: { change: Change }) {
  return (
    <p className={css.diff}>
      {change.before ? <del className={css.gone}>{change.before}</del> : null} {change.after ? <ins className={css.new}>{change.after}</ins> : null}
      {!change.before && !change.after ? "–" : null}
    </p>
  );
}

/** Line by line where lines changed; word by word where it is one paragraph. */
function LongDiff({ change }: { change: Change }) {
  const whole = !change.before.includes("\n") && !change.after.includes("\n");
  const pieces = whole ? diffWords(change.before, change.after) : diffLines(change.before, change.after);
  return (
    <div className={css.diff} data-lines={!whole || undefined} dir="auto">
      {pieces.map((piece, at) => (
        <Marked key={at} piece={piece} />
      ))}
    </div>
  );
}
