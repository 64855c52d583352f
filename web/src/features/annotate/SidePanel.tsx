/** The right column: what models suggest, the guidelines, what was done before, and what people said. */
import type { ReactNode } from "react";
import { Comments } from "./Comments";
import { Guide } from "./Guide";
import { History } from "./History";
import { useDesk } from "./session";
import { Suggestions } from "./Suggestions";
import css from "./workbench.module.css";

export type Tab = "suggestions" | "guide" | "history" | "comments";

const TABS: readonly { tab: Tab; title: string }[] = [
  { tab: "suggestions", title: "Suggestions" },
  { tab: "guide", title: "Guide" },
  { tab: "history", title: "History" },
  { tab: "comments", title: "Comments" },
];

interface SidePanelProps {
  tab: Tab;
  onTab(tab: Tab): void;
  guide: { label: string; at: number } | null;
  onBulk(): void;
}

export function SidePanel({ tab, onTab, guide, onBulk }: SidePanelProps) {
  const comments = useDesk((s) => s.open?.work.comments.length ?? 0);
  const body: Record<Tab, () => ReactNode> = {
    suggestions: () => <Suggestions onBulk={onBulk} />,
    guide: () => <Guide wanted={guide} />,
    history: () => <History />,
    comments: () => <Comments />,
  };
  const step = (by: number) => {
    const at = TABS.findIndex((t) => t.tab === tab);
    const next = TABS[(at + by + TABS.length) % TABS.length]?.tab ?? tab;
    onTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div className={css.side}>
      <div
        className={css.tabs} role="tablist" aria-label="Help"
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") step(1);
          if (event.key === "ArrowLeft") step(-1);
        }}
      >
        {TABS.map(({ tab: own, title }) => (
          <button
            key={own} id={`tab-${own}`} type="button" role="tab" aria-selected={own === tab} aria-controls="side-panel"
            tabIndex={own === tab ? 0 : -1} className={css.tab} onClick={() => onTab(own)}
          >
            {title}
            {own === "comments" && comments > 0 ? <span className={css.badge}>{comments}</span> : null}
          </button>
        ))}
      </div>
      <div className={css.sideBody} id="side-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={-1}>{body[tab]()}</div>
    </div>
  );
}
