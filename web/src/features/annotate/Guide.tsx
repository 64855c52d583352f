/** The project's guidelines; the section of a label is brought into view when one asks about the label. */
import { lazy, Suspense, useEffect, useMemo, useRef } from "react";
import { Empty, Skeleton } from "../../ui";
import { findSection, sectionsOf, withDescriptions } from "./logic/guide";
import { useBench } from "./session";
import css from "./workbench.module.css";

const Markdown = lazy(() => import("../../ui/Markdown"));

export function Guide({ wanted }: { wanted: { label: string; at: number } | null }) {
  const { spec } = useBench().project;
  const sections = useMemo(() => withDescriptions(sectionsOf(spec.guidelines), spec.questions), [spec]);
  const list = useRef<HTMLDivElement>(null);
  const at = wanted ? findSection(sections, wanted.label, spec.questions) : -1;
  useEffect(() => {
    if (at >= 0) list.current?.children[at]?.scrollIntoView({ block: "start" });
  }, [at, wanted]);
  if (sections.length === 0) return <Empty title="No guidelines yet" text="Whoever manages the project writes them in its settings, one section per label." />;
  return (
    <Suspense fallback={<Skeleton height={160} />}>
      <div className={css.guide} ref={list}>
        {sections.map((section, i) => <section key={i} data-wanted={i === at || undefined}><Markdown text={section.text} /></section>)}
      </div>
    </Suspense>
  );
}
