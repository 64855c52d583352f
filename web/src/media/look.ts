/** How a page of an image comes to the browser: the file itself, a picture made of it, or tiles. */
import { mediaUrl } from "../api/client";
import type { MediaValue } from "../api/types";

/** Which page, and which levels of grey are black and white; by default the first, in its own window. */
export interface Look {
  page: number;
  window: readonly [number, number] | null;
}

export const FIRST: Look = { page: 0, window: null };

export const isPicture = (value: MediaValue): boolean => value.mime.startsWith("image/") || value.mime === "application/dicom";

export function pictureUrl(value: MediaValue, { page, window }: Look = FIRST): string {
  const url = mediaUrl(value.media);
  if (value.view === "tiles") return `${url}/pyramid?page=${page}`;
  if (value.view !== "page") return url;
  return `${url}/image-page?page=${page}${window ? `&low=${window[0]}&high=${window[1]}` : ""}`;
}
