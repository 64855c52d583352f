/** The workbench: labels on the left, the item in the middle, what helps on the right, and one strip above. */
import { useEffect, useState, type CSSProperties } from "react";
import { useCap, useCommands } from "../../commands/live";
import { viewCommands } from "../../commands/groups/view";
import { ErrorNote } from "../../ui";
import { Announcer } from "./Announcer";
import { BulkSheet } from "./BulkSheet";
import css from "./workbench.module.css";
import { Elsewhere } from "./Elsewhere";
import { FlagDialog } from "./FlagDialog";
import type { Wanted } from "./Guide";
import { useSeen } from "./hooks";
import { CheckNotes } from "./CheckNotes";
import { ItemView } from "./ItemView";
import { PhaseNote, Waiting } from "./PhaseNote";
import { SentBack } from "./SentBack";
import { Questions } from "./Questions";
import { widgets } from "../../tasks";
import { KeyCaps } from "../../tasks/keycaps";
import { BenchContext, useBench, useDesk, useSession, type Bench } from "./session";
import { SidePanel, type Tab } from "./SidePanel";
import { SkipDialog } from "./SkipDialog";
import { Splitter } from "./Splitter";
import { Strip } from "./Strip";
import { StudyCard, useMyPart } from "./StudyCard";
import { Unsaved } from "./Unsaved";
import { useAssistantCommands } from "./useAssistant";
import { useJudgeCommands } from "./useJudge";
import { useGuideFollowing } from "./useGuideFollowing";
import { useLayout } from "./useLayout";
import { useTelemetry } from "./useTelemetry";
import { useWorkCommands } from "./useWorkCommands";

export type DialogName = "skip" | "flag" | "bulk" | "unsaved" | null;

export default function Workbench({ projectId, itemId }: { projectId: number; itemId?: number }) {
  const { bench, error } = useSession(projectId, itemId);
  if (error && !bench) return <div className={css.center}><ErrorNote error={error} onRetry={() => location.reload()} /></div>;
  if (!bench) return <Waiting />;
  return (
    <BenchContext value={bench}>
      <Rooms bench={bench} key={projectId} />
    </BenchContext>
  );
}

function Rooms({ bench }: { bench: Bench }) {
  const kinds = bench.project.spec.questions.map((q) => q.type).join("-");
  const [layout, change] = useLayout(bench.user, kinds);
  const [tab, setTab] = useState<Tab>("suggestions");
  const [dialog, setDialog] = useState<DialogName>(null);
  const [guide, setGuide] = useState<Wanted | null>(null);
  const show = (next: Tab) => {
    setTab(next);
    change({ rightOpen: true });
  };
  const onGuideline = (label: string | null) => {
    if (label === null) return;
    setGuide({ label, at: Date.now() });
    show("guide");
  };
  const onPassage = (passage: { text: string; heading: string }) => {
    setGuide({ passage, at: Date.now() });
    show("guide");
  };
  const follow = useGuideFollowing(tab === "guide" && layout.rightOpen, guide?.label, setGuide);
  useTelemetry();
  const caps = useCap();
  useSeen(layout.rightOpen && tab === "suggestions");
  useWorkCommands({ open: setDialog, show });
  useAssistantCommands(() => show("assistant"));
  const judges = useJudgeCommands(() => show("judge"));
  useCommands("view", viewCommands({
    togglePanel: () => change({ rightOpen: !layout.rightOpen }),
    toggleLabels: () => change({ leftOpen: !layout.leftOpen }),
    show,
    unsaved: () => setDialog("unsaved"),
  }));
  const part = useMyPart();
  const between = part !== undefined && part.phase !== "none" && part.phase !== "working" && part.phase !== "finished";
  const working = useDesk((s) => s.phase === "working") && !between;
  const hasForms = bench.project.spec.questions.some((q) => (widgets[q.type]?.place ?? "form") === "form");
  return (
    <KeyCaps value={caps}>
    <div className={css.bench} style={{ "--left": `${layout.left}px`, "--right": `${layout.right}px` } as CSSProperties}>
      <h1 className="visually-hidden">{bench.project.spec.name}</h1>
      <Strip
        onDialog={setDialog} leftOpen={hasForms ? layout.leftOpen : null} rightOpen={layout.rightOpen}
        onLeft={() => change({ leftOpen: !layout.leftOpen })} onRight={() => change({ rightOpen: !layout.rightOpen })}
      />
      <Elsewhere />
      <SentBack />
      <CheckNotes project={bench.project} />
      <div className={css.rooms}>
        {layout.leftOpen && hasForms ? (
          <>
            <section className={css.left} aria-label="Questions" data-evidence onPointerOver={follow} onFocus={follow}>{working ? <Questions onGuideline={onGuideline} /> : null}</section>
            <Splitter side="left" layout={layout} onChange={change} />
          </>
        ) : null}
        <section className={css.middle} aria-label="Item" data-evidence onPointerOver={follow} onFocus={follow}>{between ? <StudyCard part={part} /> : working ? <ItemView onGuideline={onGuideline} /> : <PhaseNote />}</section>
        {layout.rightOpen ? (
          <>
            <Splitter side="right" layout={layout} onChange={change} />
            <aside className={css.right} aria-label="Help">
              <SidePanel tab={tab} onTab={setTab} guide={guide} onGuide={onPassage} onBulk={() => setDialog("bulk")} judges={judges} />
            </aside>
          </>
        ) : null}
      </div>
      <Announcer />
      <LeaveGuard />
      {dialog === "skip" ? <SkipDialog onClose={() => setDialog(null)} /> : null}
      {dialog === "flag" ? <FlagDialog onClose={() => setDialog(null)} /> : null}
      {dialog === "bulk" ? <BulkSheet onClose={() => setDialog(null)} /> : null}
      {dialog === "unsaved" ? <Unsaved onClose={() => setDialog(null)} /> : null}
    </div>
    </KeyCaps>
  );
}

/** Asks before the tab closes while something has not reached the server; it would not be lost, but it would wait. */
function LeaveGuard() {
  const { outbox } = useBench();
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      const { queued, online } = outbox.status();
      if (queued > 0 && !online) event.preventDefault();
    };
    window.addEventListener("beforeunload", onLeave);
    return () => window.removeEventListener("beforeunload", onLeave);
  }, [outbox]);
  return null;
}
