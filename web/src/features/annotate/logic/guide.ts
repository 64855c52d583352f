/** Guidelines cut into sections, one per `##` heading, so that the section of a label can be found. Pure functions. */

import type { Label, Question } from "../../../api/types";

export interface Section {
  /** The heading's text; empty for what stands before the first one. */
  heading: string;
  /** Markdown, heading included. */
  text: string;
}

/** The sections in order. Headings inside code fences are no headings. */
export function sectionsOf(markdown: string): Section[] {
  const sections: Section[] = [];
  let lines: string[] = [];
  let heading = "";
  let fenced = false;
  const close = () => {
    const text = lines.join("\n").trim();
    if (text !== "") sections.push({ heading, text });
  };
  for (const line of markdown.split("\n")) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const found = fenced ? null : /^##\s+(.+?)\s*#*\s*$/.exec(line);
    if (found) {
      close();
      lines = [];
      heading = plainText(found[1] ?? "");
    }
    lines.push(line);
  }
  close();
  return sections;
}

/** Adds a section for each label that has a description and no section of its own. */
export function withDescriptions(sections: Section[], questions: readonly Question[]): Section[] {
  const extra = questions.flatMap((q) =>
    labelsOf(q)
      .filter((label) => label.description && indexOf(sections, [label.value, label.title ?? ""]) === -1)
      .map((label) => ({ heading: label.title ?? label.value, text: `## ${label.title ?? label.value}\n\n${label.description}` })),
  );
  return [...sections, ...extra];
}

/** The place of a label's section, by the label's value or title; -1 if it has none. */
export function findSection(sections: readonly Section[], label: string, questions: readonly Question[]): number {
  const titles = questions.flatMap(labelsOf).filter((l) => l.value === label).map((l) => l.title ?? "");
  return indexOf(sections, [label, ...titles]);
}

/** The place of the section that a passage was quoted from: the one that holds its words, else the one of that heading. */
export function findPassage(sections: readonly Section[], passage: { text: string; heading: string }): number {
  const named = sections.findIndex((s) => folded(s.heading) === folded(passage.heading) && s.text.includes(passage.text));
  if (named >= 0) return named;
  const holding = sections.findIndex((s) => s.text.includes(passage.text));
  return holding >= 0 ? holding : indexOf(sections, [passage.heading]);
}

function indexOf(sections: readonly Section[], names: readonly string[]): number {
  const wanted = new Set(names.filter((n) => n !== "").map(folded));
  return sections.findIndex((s) => s.heading !== "" && wanted.has(folded(s.heading)));
}

function labelsOf(question: Question): Label[] {
  const { labels } = question.config;
  if (!Array.isArray(labels)) return [];
  return (labels as (Label | string)[]).map((l) => (typeof l === "string" ? { value: l } : l));
}

const plainText = (heading: string): string => heading.replace(/[*_`]/g, "");
const folded = (text: string): string => text.trim().toLowerCase();
