/** The decoded image of a media value, for as long as a component shows it. */
import { useEffect, useState } from "react";
import { mediaUrl } from "../api/client";
import type { MediaValue } from "../api/types";
import type { Mips } from "../lib/mips";
import { images } from "./prefetch";

export type ImageState = { kind: "loading" } | { kind: "ready"; mips: Mips } | { kind: "failed"; message: string };
const LOADING: ImageState = { kind: "loading" };

/** `retry` loads once more after a failure. */
export function useImage(value: MediaValue | null): ImageState & { retry(): void } {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<{ of: string; state: ImageState }>({ of: "", state: LOADING });
  const url = value && !value.error ? mediaUrl(value.media) : null;
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
  return { ...(decoded ? { kind: "ready", mips: decoded } : LOADING), retry };
}
