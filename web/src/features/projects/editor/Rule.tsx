/** One rule: its name, what it means in a sentence, and its control. */
import type { ReactNode } from "react";
import css from "./editor.module.css";

interface RuleProps {
  name: string;
  text: ReactNode;
  children: ReactNode;
  /** The control stands below the words, over the whole width. */
  wide?: boolean;
}

export function Rule({ name, text, children, wide }: RuleProps) {
  return (
    <div className={css.policy} data-wide={wide || undefined}>
      <div>
        <h3>{name}</h3>
        <p>{text}</p>
      </div>
      {children}
    </div>
  );
}
