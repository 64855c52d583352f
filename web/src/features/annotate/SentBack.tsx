/** A reviewer sent this item's answer back: what they wrote stays beside the item until the answer is given again. */
import { IconArrowBackUp } from "@tabler/icons-react";
import { ago } from "../../ui/format";
import { useBench, useDesk } from "./session";
import css from "./workbench.module.css";

export function SentBack() {
  const { project } = useBench();
  const returned = useDesk((s) => s.open?.work.returned);
  if (!returned) return null;
  const question = project.spec.questions.find((q) => q.name === returned.question);
  return (
    <div className={css.sentBack} role="note" aria-label="Sent back by a reviewer">
      <IconArrowBackUp size={16} aria-hidden />
      <p>
        <strong>A reviewer sent this back{project.spec.questions.length > 1 ? ` (${question?.title ?? returned.question})` : ""}:</strong> <span dir="auto">{returned.reason}</span>{" "}
        <span className="dim">{ago(returned.at)}</span>
      </p>
    </div>
  );
}
