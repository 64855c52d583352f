/** Measures the span editor: `?chars=50000&spans=2000`, with `&one` as a single line. Driven by bench/web_surfaces.py. */
import { firstPaint, startFrames, stopFrames, takeLatency, takeWork, watchNext, watchWork } from "./measure";
import { prose, spans } from "./sample";
import { itemOf, show } from "./stand";

const params = new URLSearchParams(location.search);
const labels = ["person", "place", "date", "role", "thing", "event", "amount", "law", "work", "group"];
const text = prose(Number(params.get("chars") ?? 50_000), 3, params.has("one"));
const value = spans(text, Number(params.get("spans") ?? 2_000), labels);

const bench = {
  spans: value.length, startFrames, stopFrames, watchNext, takeLatency, watchWork, takeWork,
  mount: () => firstPaint(() => show({
    item: itemOf({ text }),
    field: { name: "text", kind: "text" },
    question: { name: "entities", type: "spans", config: { labels } },
    value,
    onValue: (next) => (bench.spans = (next as unknown[]).length),
  })),
};
Object.assign(window, { bench });
