/** Light or dark, one click; remembered in this browser. */
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import { IconButton } from "../ui";

export function useThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme("light");
  const next = now === "light" ? "dark" : "light";
  return { now, next, toggle: () => setColorScheme(next) };
}

export function ThemeToggle() {
  const { now, next, toggle } = useThemeSwitch();
  return (
    <IconButton label={`Switch to the ${next} theme`} onClick={toggle}>
      {now === "light" ? <IconMoon size={16} /> : <IconSun size={16} />}
    </IconButton>
  );
}
