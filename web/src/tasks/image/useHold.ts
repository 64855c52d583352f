/** Something that lasts as long as a key is held: begun by a command, ended when any key is let go. */
import { useEffect, useRef } from "react";

/** The returned function begins it. */
export function useHold(begin: () => void, end: () => void): () => void {
  const ending = useRef(end);
  const on = useRef(false);
  useEffect(() => {
    ending.current = end;
  });
  useEffect(() => {
    const stop = () => {
      if (!on.current) return;
      on.current = false;
      ending.current();
    };
    window.addEventListener("keyup", stop);
    window.addEventListener("blur", stop);
    return () => {
      window.removeEventListener("keyup", stop);
      window.removeEventListener("blur", stop);
    };
  }, []);
  return () => {
    on.current = true;
    begin();
  };
}
