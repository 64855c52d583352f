/** What a test found, as a checklist: each thing that was tried, what was seen, and what follows from it. */
import { IconCheck, IconHelp, IconMinus, IconX } from "@tabler/icons-react";
import type { Probe, ProbeCheck } from "../../../api/types";
import { Note } from "../../../ui";
import { ago, moneyText } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import css from "./connections.module.css";

const NAMES: Record<string, string> = {
  reachable: "Answers", structured: "JSON by schema", streaming: "Streams", logprobs: "Log probabilities", images: "Images", tools: "Tools", batch: "Batches",
};
const MARKS = { yes: IconCheck, partly: IconMinus, no: IconX, unknown: IconHelp };
const WORDS: Record<ProbeCheck["state"], string> = { yes: "yes", partly: "partly", no: "no", unknown: "not known" };

export function ProbeReport({ probe, currency }: { probe: Probe; currency: string }) {
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <ul className={css.checks} aria-label="What the test found">
        {probe.checks.map((check) => {
          const Mark = MARKS[check.state];
          return (
            <li key={check.name} data-state={check.state}>
              <Mark size={16} aria-hidden />
              <span>
                <strong>{NAMES[check.name] ?? check.name}</strong> <span className="visually-hidden">{WORDS[check.state]}</span>
              </span>
              <span className="dim">{check.message}</span>
            </li>
          );
        })}
      </ul>
      {(probe.models ?? []).length > 0 ? (
        <Note>
          The server offers: {(probe.models ?? []).slice(0, 12).join(", ")}
          {(probe.models ?? []).length > 12 ? ` and ${(probe.models ?? []).length - 12} more` : ""}.
        </Note>
      ) : null}
      <p className={layout.help}>
        Tested {ago(probe.at)} in {probe.seconds.toFixed(1)} s{probe.cost ? `, for ${moneyText(probe.cost, currency)}` : ""}.
      </p>
    </div>
  );
}
