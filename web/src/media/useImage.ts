/** The decoded image of a media value, for as long as a component shows it. */
import { useEffect, useState } from "react";
import type { MediaValue } from "../api/types";
import type { Mips } from "../lib/mips";
import { FIRST, pictureUrl, type Look } from "./look";
import { images } from "./prefetch";

/** Said while tiles are being cut. */
export const LARGE = "A large image. The first time, it takes up to a minute until it can be seen.";
export type ImageState = { kind: "loading"; large?: boolean } | { kind: "ready"; mips: Mips } | { kind: "failed"; message: string };
const LOADING: ImageState = { kind: "loading" };
const IS_LARGE: ImageState = { kind: "loading", large: true };

/** `retry` loads once more after a failure. */
export function useImage(value: MediaValue | null, look: Look = FIRST): ImageState & { retry(): void } {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<{ of: string; state: ImageState }>({ of: "", state: LOADING });
  const url = value && !value.error ? pictureUrl(value, look) : null;
  const of = `${url}#${attempt}`;
  useEffect(() => {
    if (!url) return;
    let gone = false;
    let release = () => undefined as void;
    images.acquire(url).then(
      (lease) => {
        if (gone) return lease.release();
        release = lease.release;
        setFound({ of, state: { kind: "ready", mips: lease.mips } });
      },
      (error: unknown) => !gone && setFound({ of, state: { kind: "failed", message: error instanceof Error ? error.message : String(error) } }),
    );
    return () => {
      gone = true;
      release();
    };
  }, [url, of]);
  const retry = () => setAttempt(attempt + 1);
  if (!value) return { kind: "failed", message: "This item has no image in the field.", retry };
  if (value.error) return { kind: "failed", message: value.error, retry };
  if (found.of === of) return { ...found.state, retry };
  const decoded = url ? images.peek(url) : null;
  return { ...(decoded ? { kind: "ready", mips: decoded } : value.view === "tiles" ? IS_LARGE : LOADING), retry };
}
