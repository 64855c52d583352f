/** What plays, as a clock: an element for sound, which is not seen; for film the frames themselves, as the server numbers them. */
import { useEffect, useState } from "react";
import { mediaUrl } from "../../api/client";
import type { MediaValue } from "../../api/types";
import { Pictures } from "../../media/film/FilmView";
import { lengthOf } from "../../media/film/frames";
import { useFilm } from "../../media/film/useFilm";
import { MediaClock, type Clock } from "../../media/time/clock";
import { amplify, useLoudness } from "../../media/time/loudness";
import type { TimeAxis } from "../../media/time/axis";
import { unplayable } from "../../media/time/unplayable";
import css from "./timed.module.css";

export interface PlayerProps {
  media: MediaValue;
  name: string;
  axis: TimeAxis;
  onClock(clock: Clock | null): void;
  onTrouble(words: string | null): void;
}

export function Player(props: PlayerProps) {
  return props.media.mime.startsWith("video/") ? <FilmPlayer {...props} /> : <ElementPlayer {...props} />;
}

/** The same player as for tracks: at rest it shows the server's picture of the frame, so that a time that is stored is that of the
 * picture that was seen. Where the server has no frames to give, the browser's own player stands in. */
function FilmPlayer(props: PlayerProps) {
  const { media, name, axis, onClock } = props;
  const film = useFilm(media);
  const { clock, picture } = film;
  useEffect(() => {
    if (!clock) return;
    if (media.duration === undefined) axis.setDuration(lengthOf(clock.table));
    onClock(clock);
    return () => onClock(null);
    // The callbacks only set states of one editor.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [clock, media, axis]);
  if (!clock && picture.kind === "failed") return <ElementPlayer {...props} />;
  return <Pictures film={film} name={name} className={css.film} />;
}

function ElementPlayer({ media, name, axis, onClock, onTrouble }: PlayerProps) {
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
  const loudness = useLoudness();
  useEffect(() => {
    if (element) amplify(element, loudness);
  }, [element, loudness]);
  const url = mediaUrl(media.media);
  // What is said is the annotator's to write down; there are no captions to give.
  if (media.mime.startsWith("video/")) return <video ref={setElement} className={css.film} preload="auto" src={url} aria-label={name} playsInline />;
  return <audio ref={setElement} preload="auto" src={url} aria-label={name} hidden />;
}
