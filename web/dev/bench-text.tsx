/** Measures the span editor: `?chars=50000&spans=2000`, with `&one` as a single line, `&relations=1000` between neighbours. Driven by bench/web_surfaces.py. */
import { firstPaint, startFrames, stopFrames, takeLatency, takeWork, watchNext, watchWork } from "./measure";
import { pairs, prose, spans } from "./sample";
import { itemOf, show } from "./stand";

const params = new URLSearchParams(location.search);
const labels = ["person", "place", "date", "role", "thing", "event", "amount", "law", "work", "group"];
const text = prose(Number(params.get("chars") ?? 50_000), 3, params.has("one"));
const marks = spans(text, Number(params.get("spans") ?? 2_000), labels);
const relations = Number(params.get("relations") ?? 0);
const NEAR = 12;
/** A relation ends at most a dozen spans further on, as in real texts. */
const links = pairs(marks.length, relations).flatMap(([head, far, label]) => {
  const tail = Math.min(marks.length - 1, head + 1 + (far % NEAR));
  return tail === head ? [] : [{ head: marks[head]!.id, tail: marks[tail]!.id, label }];
});
const value = relations > 0 ? { spans: marks, relations: links } : marks;

const bench = {
  spans: marks.length, startFrames, stopFrames, watchNext, takeLatency, watchWork, takeWork,
  mount: () => firstPaint(() => show({
    item: itemOf({ text }),
    field: { name: "text", kind: "text" },
    question: { name: "entities", type: relations > 0 ? "relations" : "spans", config: relations > 0 ? { labels, relations: ["near", "part of", "before"] } : { labels } },
    value,
    onValue: (next) => (bench.spans = (relations > 0 ? (next as typeof value & { spans: unknown[] }).spans : (next as unknown[])).length),
  }), () => document.querySelector("mark") !== null),
};
Object.assign(window, { bench });
