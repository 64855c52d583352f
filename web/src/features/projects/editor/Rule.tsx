/** One rule: its name, what it means in a sentence, and its control. */
import type { ReactNode } from "react";
import css from "./editor.module.css";

export function Rule({ name, text, children }: { name: string; text: ReactNode; children: ReactNode }) {
  return (
    <div className={css.policy}>
      <div>
        <h3>{name}</h3>
        <p>{text}</p>
      </div>
      {children}
    </div>
  );
}
