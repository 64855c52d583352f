/** The quiet card that set-up and sign-in share. */
import type { ReactNode } from "react";
import { Mark } from "../../ui/Mark";
import css from "./auth.module.css";

export function EntryCard({ title, lead, children, foot }: { title: string; lead: string; children: ReactNode; foot?: string }) {
  return (
    <main className={css.page}>
      <div className={css.card}>
        <div className={css.brand}>
          <Mark size={28} />
          Milo
        </div>
        <h1>{title}</h1>
        <p className={css.lead}>{lead}</p>
        {children}
      </div>
      {foot ? <p className={css.foot}>{foot}</p> : null}
    </main>
  );
}
