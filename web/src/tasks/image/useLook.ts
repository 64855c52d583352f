/** Which page of the image is looked at, and through which window of levels of grey; both begin anew with each image. */
import { useState } from "react";
import type { MediaValue } from "../../api/types";
import { FIRST, type Look } from "../../media/look";

export function useLook(media: MediaValue | null) {
  const [now, setNow] = useState<{ of: number | null; look: Look }>({ of: null, look: FIRST });
  const of = media?.media ?? null;
  const look = now.of === of ? now.look : FIRST;
  const pages = media?.pages ?? 1;
  const put = (change: Partial<Look>) => setNow({ of, look: { ...look, ...change } });
  return {
    look, pages,
    /** What is black and white now, and the levels there are; null for an image without such a window. */
    window: media?.window && media.view === "page" ? (look.window ?? media.window) : null,
    range: media?.range ?? null,
    turnTo: (page: number) => put({ page: Math.min(pages - 1, Math.max(0, page)) }),
    setWindow: (window: Look["window"]) => put({ window }),
  };
}

export type Looking = ReturnType<typeof useLook>;
