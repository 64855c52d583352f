/** The right column: what models suggest, the assistant, the guidelines, what was done before, and what people said. */
import { IconHistory, IconMessage } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { LiveJudge, WorkItem } from "../../api/types";
import { AssistantPanel } from "./Assistant";
import { Comments } from "./Comments";
import { Guide, type Wanted } from "./Guide";
import { History } from "./History";
import { JudgePanel } from "./JudgePanel";
import { useDesk } from "./session";
import { Suggestions } from "./Suggestions";
import css from "./workbench.module.css";

export type Tab = "suggestions" | "assistant" | "judge" | "guide" | "history" | "comments";

/** The last ones are icons, so that all find room in a narrow column. */
const TABS: readonly { tab: Tab; title: string; icon?: ReactNode }[] = [
  { tab: "suggestions", title: "Suggestions" },
  { tab: "assistant", title: "Assistant" },
  { tab: "judge", title: "Judge" },
  { tab: "guide", title: "Guide" },
  { tab: "history", title: "History", icon: <IconHistory size={16} aria-hidden /> },
  { tab: "comments", title: "Comments", icon: <IconMessage size={16} aria-hidden /> },
];

/** In a study, help that the arm does not have is not there. */
function isAllowed(tab: Tab, allowed: WorkItem["allowed"] | null): boolean {
  if (!allowed) return true;
  if (tab === "suggestions") return allowed.suggestions || allowed.assistant;
  if (tab === "assistant") return allowed.assistant;
  return tab === "judge" ? allowed.judge : tab !== "comments";
}

interface SidePanelProps {
  tab: Tab;
  onTab(tab: Tab): void;
  guide: Wanted | null;
  onGuide(passage: { text: string; heading: string }): void;
  onBulk(): void;
  /** Without any, there is no tab for them. */
  judges: readonly LiveJudge[];
}

export function SidePanel({ tab: wanted, onTab, guide, onGuide, onBulk, judges }: SidePanelProps) {
  const allowed = useDesk((s) => s.open?.work.allowed ?? null);
  const tabs = TABS.filter((t) => (t.tab !== "judge" || judges.length > 0) && isAllowed(t.tab, allowed));
  const tab = tabs.some((t) => t.tab === wanted) ? wanted : "guide";
  const comments = useDesk((s) => s.open?.work.comments.length ?? 0);
  const body: Record<Tab, () => ReactNode> = {
    suggestions: () => <Suggestions onBulk={onBulk} />,
    assistant: () => <AssistantPanel onGuide={onGuide} />,
    judge: () => <JudgePanel judges={judges} />,
    guide: () => <Guide wanted={guide} />,
    history: () => <History />,
    comments: () => <Comments />,
  };
  const step = (by: number) => {
    const at = tabs.findIndex((t) => t.tab === tab);
    const next = tabs[(at + by + tabs.length) % tabs.length]?.tab ?? tab;
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
        {tabs.map(({ tab: own, title, icon }) => (
          <button
            key={own} id={`tab-${own}`} type="button" role="tab" aria-selected={own === tab} aria-controls="side-panel"
            tabIndex={own === tab ? 0 : -1} className={css.tab} data-icon={icon ? true : undefined} title={icon ? title : undefined}
            onClick={() => onTab(own)}
          >
            {icon ? <>{icon}<span className="visually-hidden">{title}</span></> : title}
            {own === "comments" && comments > 0 ? <span className={css.badge}>{comments}</span> : null}
          </button>
        ))}
      </div>
      <div className={css.sideBody} id="side-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={-1}>{body[tab]()}</div>
    </div>
  );
}
