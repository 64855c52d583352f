/** Measures the box editor on a 4000 × 3000 picture: `?n=5000` boxes. Driven by bench/web_surfaces.py. */
import { redrawAfterRest, startFrames, stopFrames, takeLatency, takeWork, watchNext, watchWork } from "./measure";
import { boxes, picture } from "./sample";
import { itemOf, show } from "./stand";

const n = Number(new URLSearchParams(location.search).get("n") ?? 5000);
const [W, H] = [4000, 3000];
const labels = ["car", "person", "bicycle", "sign", "tree", "dog", "bus", "lamp", "door", "bag"];

const canvas = new OffscreenCanvas(W, H);
canvas.getContext("2d")!.drawImage(await picture(W, H), 0, 0);
const file = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
window.fetch = () => Promise.resolve(new Response(file));

const bench = { boxes: n, startFrames, stopFrames, watchNext, takeLatency, watchWork, takeWork, redrawAfterRest };
Object.assign(window, { bench });
show({
  item: itemOf({ image: { media: 1, mime: "image/jpeg", width: W, height: H } }),
  field: { name: "image", kind: "image" },
  question: { name: "objects", type: "boxes", config: { labels } },
  value: boxes(n, W, H, labels),
  onValue: (value) => (bench.boxes = (value as unknown[]).length),
});
