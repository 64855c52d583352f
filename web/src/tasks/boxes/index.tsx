/** Rectangles on an image, each with a label; upright, or turned where the question says so. */
import { boxKind } from "./box";
import { widgetOf } from "../image/widget";

export const widget = widgetOf(boxKind);
