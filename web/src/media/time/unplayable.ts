/** Why an element does not play, in words: a file the browser does not know, or a machine with nothing to play sound on. */
import type { MediaValue } from "../../api/types";

/** A browser that told the length has read the file: what failed then is the way to the loudspeaker, not the format. */
export function unplayable(element: Pick<HTMLMediaElement, "duration">, media: Pick<MediaValue, "mime" | "name">): string {
  const file = media.name ? `“${media.name}”` : "this file";
  if (Number.isFinite(element.duration)) return `The browser could read ${file} but not play it. Check that this computer has a sound output; what is shown is right.`;
  return `This browser cannot play ${file} (${media.mime}). What is shown is right; to hear it, bring it in as WAV, FLAC, MP3 or Opus.`;
}
