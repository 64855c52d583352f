/** Keys for an item whose sound is only listened to, because no question marks on it: play, pause, back and on. */
import type { Item } from "../../api/types";
import { useCommands } from "../../commands/live";
import { isMedia } from "../../media/prefetch";

const player = (): HTMLAudioElement | null => document.querySelector('[role="group"][aria-label="Content"] figure > audio');

export function useSoundKeys(item: Item | undefined): void {
  const heard = item !== undefined && Object.values(item.data).some((value) => isMedia(value) && value.mime.startsWith("audio/") && !value.error);
  const jump = (by: number) => {
    const audio = player();
    if (audio) audio.currentTime = Math.max(0, audio.currentTime + by);
  };
  const toggle = () => {
    const audio = player();
    if (!audio) return;
    if (audio.paused) void audio.play().catch(() => undefined);
    else audio.pause();
  };
  const common = { group: "Sound", scope: "task" } as const;
  useCommands("sound", heard ? [
    { ...common, id: "sound.play", title: "Play or pause the sound", keys: ["Space"], run: toggle },
    { ...common, id: "sound.back", title: "Back by 1 s", keys: [","], repeat: true, run: () => jump(-1) },
    { ...common, id: "sound.on", title: "On by 1 s", keys: ["."], repeat: true, run: () => jump(1) },
  ] : []);
}
