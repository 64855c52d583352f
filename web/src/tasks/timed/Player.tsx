/** The element that plays, hidden for sound and shown for film, as a clock; and what it says when it cannot. */
import { useEffect, useState } from "react";
import { mediaUrl } from "../../api/client";
import type { MediaValue } from "../../api/types";
import { MediaClock } from "../../media/time/clock";
import type { TimeAxis } from "../../media/time/axis";
import { unplayable } from "../../media/time/unplayable";
import css from "./timed.module.css";

export interface PlayerProps {
  media: MediaValue;
  name: string;
  axis: TimeAxis;
  onClock(clock: MediaClock | null): void;
  onTrouble(words: string | null): void;
}

export function Player({ media, name, axis, onClock, onTrouble }: PlayerProps) {
  const [element, setElement] = useState<HTMLMediaElement | null>(null);
  useEffect(() => {
    if (!element) return;
    const clock = new MediaClock(element);
    // The server counted its length; what a browser says of a variable bit rate is a guess.
    const onLength = () => media.duration === undefined && axis.setDuration(element.duration);
    const onError = () => onTrouble(unplayable(element, media));
    element.addEventListener("loadedmetadata", onLength);
    element.addEventListener("error", onError);
    if (element.error) onError();
    onClock(clock);
    return () => {
      element.removeEventListener("loadedmetadata", onLength);
      element.removeEventListener("error", onError);
      clock.destroy();
      onClock(null);
    };
    // The callbacks only set states of one editor.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [element, media, axis]);
  const url = mediaUrl(media.media);
  // What is said is the annotator's to write down; there are no captions to give.
  if (media.mime.startsWith("video/")) return <video ref={setElement} className={css.film} preload="auto" src={url} aria-label={name} playsInline />;
  return <audio ref={setElement} preload="auto" src={url} aria-label={name} hidden />;
}
