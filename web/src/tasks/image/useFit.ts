/** The outline of a thing found within the bounds of the selected one: what a drag with the click tool does, for who has keys only. */
import { useEffect, useRef, useState } from "react";
import type { Shown } from "../../canvas/click-pen";
import type { Shape } from "../../lib/shape";
import { notify } from "../../ui/notify";
import type { Command } from "../types";
import type { DrawnMark } from "./marks";

export interface Fitting {
  prefix: string;
  group: string;
  noun: string;
  /** The selected thing, where it may be changed and something can find outlines. */
  own: DrawnMark | null;
  find(shown: Shown): Promise<Shape | null>;
  onFound(key: string, shape: Shape): void;
}

export function useFit({ prefix, group, noun, own, find, onFound }: Fitting): Command[] {
  const [looking, setLooking] = useState(false);
  const latest = useRef(own);
  useEffect(() => void (latest.current = own));
  if (!own) return [];
  const run = async () => {
    if (looking) return;
    setLooking(true);
    try {
      const found = await find({ clicks: [], box: [own.x, own.y, own.w, own.h] });
      if (latest.current !== own) return notify(`The ${noun} was changed meanwhile; it was left as it is.`);
      if (found) onFound(own.key, found);
      else notify("Nothing was found within these bounds. Make them a little wider than the thing.");
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
    } finally {
      setLooking(false);
    }
  };
  return [{ id: `${prefix}.fit-outline`, title: "Find its outline within these bounds", keys: ["Shift+W"], group, scope: "region", run: () => void run() }];
}
