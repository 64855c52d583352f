/** Decodes the images of an item, and has its sounds drawn, before it is shown. Text needs nothing. */
import type { Item, MediaValue } from "../api/types";
import { ImageCache } from "./image-cache";
import { isPicture, pictureUrl } from "./look";
import { warmSound } from "./sound/useSound";

/** All decoded images of the page. */
export const images = new ImageCache();

/** Whether a field's value is a stored file. */
export function isMedia(value: unknown): value is MediaValue {
  return typeof value === "object" && value !== null && typeof (value as MediaValue).media === "number";
}

const isImage = (value: unknown): value is MediaValue => isMedia(value) && !value.error && isPicture(value) && value.view !== "tiles";

const isSound = (value: unknown): value is MediaValue => isMedia(value) && !value.error && value.mime.startsWith("audio/");

/** Resolves when all images of the item are decoded (or failed; that is said where they are shown). */
export async function prefetchMedia(item: Item): Promise<void> {
  const urls = Object.values(item.data).filter(isImage).map((value) => pictureUrl(value));
  Object.values(item.data).filter(isSound).forEach(warmSound);
  await Promise.all(urls.map((url) => images.warm(url)));
}
