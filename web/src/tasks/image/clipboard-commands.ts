/** Copying what is selected, and putting it onto the image in view. */
import type { Size } from "../../lib/geometry";
import { notify } from "../../ui/notify";
import { plural } from "../../ui/format";
import type { Command, WidgetProps } from "../types";
import { inHand, pasted, takeInHand } from "./clipboard";
import { keyOf, type DrawnMark, type Kind, type Mark } from "./marks";

export interface Clipping<M extends Mark> {
  kind: Kind<M>;
  props: WidgetProps<M[]>;
  labels: ReadonlySet<string>;
  label: string;
  size: Size;
  /** The person's own things that are selected. */
  own: readonly DrawnMark[];
  where: Partial<Mark>;
  put(value: M[], name: string): void;
  gather(keys: readonly string[], how: "only"): void;
}

export function clipboardCommands<M extends Mark>({ kind, props, labels, label, size, own, where, put, gather }: Clipping<M>): Command[] {
  const { item, question, readOnly } = props;
  const all = props.value ?? [];
  const here = `${item.id}/${where.field ?? ""}/${where.page ?? 0}`;
  const copy = () => {
    // Words that are selected on the page are what Ctrl+C is about as well.
    const words = window.getSelection()?.toString();
    if (words) void navigator.clipboard?.writeText(words);
    const known = new Map(own.map((one) => [one.key, one]));
    const marks = all.filter((mark) => known.has(keyOf(kind, mark)));
    takeInHand(item.project_id, kind.type, here, marks.map((mark) => ({ ...mark, id: keyOf(kind, mark) })), marks.map((mark) => known.get(keyOf(kind, mark))!));
    notify(`${plural(marks.length, kind.noun, kind.nouns)} copied.`);
  };
  const paste = () => {
    const hand = inHand(item.project_id, kind.type);
    if (readOnly || !size.w) return;
    if (!hand) return notify(`No ${kind.nouns} are copied.`);
    const by = hand.from === here ? { x: 8, y: 8 } : { x: 0, y: 0 };
    const made = pasted<M>(hand, { kind, question, image: size, value: all, labels, label, where, by });
    const lost = hand.marks.length - made.length;
    if (lost > 0) notify(`${plural(lost, kind.noun, kind.nouns)} would lie beyond the edge of this image, and ${lost === 1 ? "was" : "were"} left out.`);
    if (made.length === 0) return;
    put([...all, ...made], `paste ${plural(made.length, kind.noun, kind.nouns)}`);
    gather(made.map((mark) => mark.id!), "only");
  };
  const make = (id: string, title: string, keys: string[], run: () => void, scope: Command["scope"]): Command => ({ id: `${kind.type}.${id}`, title, keys, group: question.title ?? question.name, scope, run });
  return [
    ...(own.length > 0 ? [make("take", "Copy what is selected, for this image or another", ["$mod+C"], copy, "region")] : []),
    make("paste", `Put the copied ${kind.nouns} here`, ["$mod+V"], paste, "tool"),
  ];
}
