/** The project's guidelines; the section of a label is brought into view when one asks about the label. */
import { lazy, Suspense, useEffect, useMemo, useRef } from "react";
import { Empty, Skeleton } from "../../ui";
import { findPassage, findSection, sectionsOf, withDescriptions } from "./logic/guide";
import { useBench } from "./session";
import css from "./workbench.module.css";

const Markdown = lazy(() => import("../../ui/Markdown"));

/** What is looked for: the section of a label, or the one that a passage stands in. */
export interface Wanted {
  label?: string;
  passage?: { text: string; heading: string };
  at: number;
}

export function Guide({ wanted }: { wanted: Wanted | null }) {
  const { spec } = useBench().project;
  const sections = useMemo(() => withDescriptions(sectionsOf(spec.guidelines), spec.questions), [spec]);
  const list = useRef<HTMLDivElement>(null);
  const { label, passage } = wanted ?? {};
  const at = passage ? findPassage(sections, passage) : label === undefined ? -1 : findSection(sections, label, spec.questions);
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
