/** Brings the commands to life on a page: listens to the keys, and holds the palette, the help sheet and the remap dialog. */
import { useEffect, useState } from "react";
import { CheatSheet } from "./CheatSheet";
import { dispatchKeys } from "./dispatcher";
import { globalCommands } from "./groups/global";
import { registry, useCommands } from "./live";
import { Palette } from "./Palette";
import { Remap } from "./Remap";
import { useKeySettings } from "./settings";

type Opened = "palette" | "sheet" | "remap" | null;

export function CommandCenter() {
  const [opened, setOpened] = useState<Opened>(null);
  const { singleKeys, save } = useKeySettings();
  useEffect(() => dispatchKeys(registry), []);
  useCommands("global", globalCommands({
    openPalette: () => setOpened("palette"),
    openSheet: () => setOpened("sheet"),
    openRemap: () => setOpened("remap"),
    singleKeys,
    toggleSingleKeys: () => void save({ singleKeys: !singleKeys }).catch(() => undefined),
  }));
  const close = () => setOpened(null);
  if (opened === "palette") return <Palette onClose={close} />;
  if (opened === "sheet") return <CheatSheet onClose={close} onRemap={() => setOpened("remap")} />;
  if (opened === "remap") return <Remap onClose={close} />;
  return null;
}
