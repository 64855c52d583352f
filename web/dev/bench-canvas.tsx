/** Measures the image editor on a 4000 × 3000 picture: `?n=5000` boxes, `&kind=polygons` or `&kind=masks`, `&relations=1000`. Driven by bench/web_surfaces.py. */
import { redrawAfterRest, startFrames, stopFrames, takeLatency, takeWork, watchNext, watchWork } from "./measure";
import { boxes, masks, picture, polygons, related } from "./sample";
import { itemOf, show } from "./stand";

const params = new URLSearchParams(location.search);
const n = Number(params.get("n") ?? 5000);
const kind = params.get("kind") ?? "boxes";
const relations = Number(params.get("relations") ?? 0);
const make = { boxes, polygons, masks }[kind]!;
const [W, H] = [4000, 3000];
const labels = ["car", "person", "bicycle", "sign", "tree", "dog", "bus", "lamp", "door", "bag"];

const canvas = new OffscreenCanvas(W, H);
canvas.getContext("2d")!.drawImage(await picture(W, H), 0, 0);
const file = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
const nothing = () => new Response("[]", { headers: { "Content-Type": "application/json" } });
window.fetch = (to) => Promise.resolve((to instanceof Request ? to.url : String(to)).includes("/media/") ? new Response(file) : nothing());

const bench = { boxes: n, startFrames, stopFrames, watchNext, takeLatency, watchWork, takeWork, redrawAfterRest };
Object.assign(window, { bench });
show({
  item: itemOf({ image: { media: 1, mime: "image/jpeg", width: W, height: H } }),
  field: { name: "image", kind: "image" },
  question: { name: "objects", type: kind, config: relations > 0 ? { labels, relations: ["near", "part of", "before"] } : { labels } },
  value: related<{ id: string }>(make(n, W, H, labels), relations),
  onValue: (value) => (bench.boxes = (value as unknown[]).length),
});
