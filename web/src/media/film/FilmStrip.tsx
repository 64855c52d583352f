/** Small pictures along the time axis, as a row of it. */
import { useCallback, useEffect, useState } from "react";
import { apiUrl } from "../../api/client";
import { PictureRow, type Surface } from "../time/LaneRows";
import type { Paint } from "../time/strip";
import { lengthOf, type FrameTable } from "./frames";

const COUNT = 32;
const HEIGHT = 38;

export function FilmStrip({ media, table, surface }: { media: number; table: FrameTable; surface: Surface }) {
  const { axis } = surface;
  const [strip, setStrip] = useState<HTMLImageElement | null>(null);
  useEffect(() => {
    let gone = false;
    const image = new Image();
    image.src = apiUrl(`/media/${media}/strip`, { count: COUNT });
    // Without it the row stays empty; the frames themselves say what is wrong with a file.
    image.decode().then(() => !gone && setStrip(image), () => undefined);
    return () => {
      gone = true;
      setStrip(null);
    };
  }, [media]);
  const paint = useCallback<Paint>((pen, width) => {
    if (!strip) return;
    const length = lengthOf(table);
    const [tileWidth, tileHeight] = [strip.width / COUNT, strip.height];
    const w = (tileWidth * HEIGHT) / tileHeight;
    for (let x = 0; x < width; x += w) {
      const at = Math.min(COUNT - 1, Math.max(0, Math.floor((axis.timeOf(x + w / 2) / length) * COUNT)));
      pen.drawImage(strip, at * tileWidth, 0, tileWidth, tileHeight, x, 0, w, HEIGHT);
    }
  }, [axis, strip, table]);
  return <PictureRow surface={surface} height={HEIGHT} picture={paint} />;
}
