/** Drawing relations between marks: which ends are chosen, which relation is selected, and every change to them. */
import { useState } from "react";
import { nextInRing } from "../../lib/segments";
import type { Region } from "../regions/parts";
import { fits, linkKey, typeOf, withoutLink, type Linked, type Links, type LinkType } from "./links";
import type { Arc, DrawnEnd, OpenLink } from "./useArcs";

/** Where relations are drawn: the marks of a text or of an image. */
export interface Ground<T extends Region, D extends DrawnEnd> {
  /** "span", "box": one mark. */
  noun: string;
  links: Links<T>;
  graph: Linked<T>;
  types: readonly LinkType[];
  drawn: readonly D[];
  arcs: readonly Arc<D>[];
  open: readonly OpenLink<T, D>[];
  selected: D | null;
  /** The selected mark, if it is the person's own. */
  own: D | null;
  readOnly: boolean;
  put(graph: Linked<T>, label: string): void;
  /** Says why something cannot be; null takes it back. */
  refuse(words: string | null): void;
  select(key: string | null): void;
  reveal(mark: D): void;
  onReject(key: string): void;
}

export function useLinking<T extends Region, D extends DrawnEnd>(m: Ground<T, D>) {
  const { types, graph, drawn, arcs, open, readOnly, put, onReject } = m;
  const { withLink, withLinkPart } = m.links;
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [picked, setPicked] = useState<string | null>(null);
  const [last, setLast] = useState<string | null>(null);
  const head = drawn.find((span) => span.key === from && !span.suggested) ?? null;
  const tail = head ? (drawn.find((span) => span.key === to) ?? null) : null;
  const link = head || m.selected ? null : (arcs.find((arc) => arc.key === picked) ?? null);
  const fitting = (a: D, b: D) => types.filter((type) => fits(type, a.label, b.label));
  const offered = head && tail ? fitting(head, tail) : link ? fitting(link.head, link.tail) : [];
  const leave = () => {
    if (!head) setPicked(null);
    setFrom(null);
    setTo(null);
    m.refuse(null);
  };
  const pick = (key: string) => {
    leave();
    m.select(null);
    setPicked(key);
    const arc = arcs.find((a) => a.key === key);
    if (arc) m.reveal(arc.head);
  };
  const start = () => {
    if (!m.own) return;
    const ends = drawn.filter((span) => mayEnd(m.own!, span));
    m.refuse(ends.length === 0 ? `No other ${m.noun} here can be the end of a relation from ${m.own.title}.` : null);
    if (ends.length === 0) return;
    setFrom(m.own.key);
    setTo(null);
  };
  const mayEnd = (a: D, b: D) => b.key !== a.key && !b.suggested && fitting(a, b).length > 0;
  const target = (by: 1 | -1) => {
    if (!head) return;
    const ends = drawn.filter((span) => span.key === head.key || mayEnd(head, span));
    let next = nextInRing(ends, tail ?? head, by);
    if (next === head) next = nextInRing(ends, head, by);
    if (!next || next === head) return;
    setTo(next.key);
    m.reveal(next);
  };
  const draw = (a: D, b: D, type: LinkType | undefined) => {
    const fit = fitting(a, b);
    const chosen = type ?? fit.find((t) => t.value === last) ?? fit[0];
    if (!chosen) return;
    const next = withLink(graph, types, { head: a.key, tail: b.key, label: chosen.value });
    if (next !== graph) put(next, `relate as ${chosen.title}`);
    setLast(chosen.value);
    leave();
  };
  /** A click while a relation is drawn; `find` says on which of the marks that may be its end. With one type that fits, that is all. */
  const click = (find: (ends: D[], tail: D | null) => D | undefined): boolean => {
    if (!head) return false;
    const hit = find(drawn.filter((span) => mayEnd(head, span)), tail);
    if (!hit) m.refuse(`That cannot be the other end of a relation from here. Click another ${m.noun}, or press Esc.`);
    else if (fitting(head, hit).length === 1) draw(head, hit, undefined);
    else {
      m.refuse(null);
      setTo(hit.key);
    }
    return true;
  };
  const step = (by: 1 | -1) => {
    const near = m.selected ? arcs.filter((arc) => arc.head.key === m.selected!.key || arc.tail.key === m.selected!.key) : arcs;
    const next = nextInRing(near.length > 0 ? near : arcs, link ?? undefined, by);
    if (next) pick(next.key);
  };
  const change = (next: Linked<T>, label: string, key: string | null) => {
    put(next, label);
    setPicked(key);
  };
  const retype = (type: LinkType) => {
    if (!link || link.label === type.value) return;
    const suggestion = open.find((o) => o.key === link.key);
    if (suggestion) return put(withLinkPart(graph, types, { ...suggestion.part, label: type.value }), "correct a suggestion");
    const one = { head: link.head.key, tail: link.tail.key, label: type.value };
    change(withLink(withoutLink(graph, link.key), types, one), `relate as ${type.title}`, linkKey(one));
  };
  const turn = () => {
    if (!link || link.suggested) return;
    if (!fits(typeOf(types, link.label), link.tail.label, link.head.label)) return m.refuse(`“${link.title}” cannot lead from ${link.tail.title} to ${link.head.title}.`);
    const one = { head: link.tail.key, tail: link.head.key, label: link.label };
    change(withLink(withoutLink(graph, link.key), types, one), "turn a relation", linkKey(one));
  };
  const remove = () => {
    if (!link || link.suggested || readOnly) return;
    change(withoutLink(graph, link.key), `remove ${link.title}`, null);
    m.select(link.head.key);
  };
  const accept = () => {
    const one = open.find((o) => o.key === link?.key);
    if (!one || readOnly) return;
    put(withLinkPart(graph, types, one.part), "accept");
    setPicked(open[open.indexOf(one) + 1]?.key ?? null);
  };
  const reject = () => {
    const one = open.find((o) => o.key === link?.key);
    if (!one || readOnly) return;
    onReject(one.key);
    setPicked(open[open.indexOf(one) + 1]?.key ?? null);
  };
  return { types, head, tail, link, offered, last, start, target, draw, click, leave, pick, step, retype, turn, remove, accept, reject };
}
