/** Writes raw input, focus and visibility into the record of time, and hands over what is left when the page goes. */

import { useEffect } from "react";
import { useBench } from "./session";

export function useTelemetry(): void {
  const { desk, log } = useBench();
  useEffect(() => {
    const seen = () => {
      const hidden = document.visibilityState === "hidden";
      log.add(hidden ? "hidden" : "visible");
      if (hidden) desk.flushDrafts();
    };
    const listeners: [EventTarget, string, () => void][] = [
      [window, "keydown", () => log.input("keys")],
      [window, "pointerdown", () => log.input("clicks")],
      [window, "blur", () => log.add("blur")],
      [window, "focus", () => log.add("focus")],
      [window, "pagehide", () => desk.leave()],
      [document, "visibilitychange", seen],
    ];
    for (const [target, kind, listener] of listeners) target.addEventListener(kind, listener, { capture: true, passive: true });
    return () => {
      for (const [target, kind, listener] of listeners) target.removeEventListener(kind, listener, { capture: true });
    };
  }, [desk, log]);
}
