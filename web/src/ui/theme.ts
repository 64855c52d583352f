/** Mantine wears our tokens: it never brings a colour of its own to the screen. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const blue: MantineColorsTuple = [
  "#e6edfa", "#cfdcf6", "#aac7ff", "#8db4ff", "#6c98ee", "#4a7bdd", "#3368cf", "#2b60ca", "#2158c4", "#1a489f",
];

export const theme = createTheme({
  colors: { blue },
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "18px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  defaultRadius: "6px",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, fz: 12, transitionProps: { duration: 100 } } },
    Modal: {
      defaultProps: { closeButtonProps: { "aria-label": "Close" }, transitionProps: { duration: 100 }, overlayProps: { backgroundOpacity: 0.35 } },
      styles: { title: { lineHeight: 1.35 } },
    },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" }, transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.2 } } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close the notice" } } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 80 }, position: "bottom-end" } },
  },
});

const shared = {
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--text-dim)",
  "--mantine-color-placeholder": "var(--text-dim)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-error": "var(--danger)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--surface-2)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--border-strong)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent-hover)",
  "--mantine-primary-color-contrast": "var(--accent-contrast)",
};

/** Theme colours of Mantine point at our CSS variables in both colour schemes. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
