/** Light or dark, one click; remembered in this browser. */
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import { IconButton } from "../ui";

export function ThemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme("light");
  const next = now === "light" ? "dark" : "light";
  return (
    <IconButton label={`Switch to the ${next} theme`} onClick={() => setColorScheme(next)}>
      {now === "light" ? <IconMoon size={16} /> : <IconSun size={16} />}
    </IconButton>
  );
}
