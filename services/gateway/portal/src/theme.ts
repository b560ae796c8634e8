/** One accent, neutral greys, small radii, hairlines: everything a page looks like is decided here. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** A deep blue-green; steps 6 and 7 carry white text at 6.5 : 1 and more. */
const accent: MantineColorsTuple = [
  "#eaf6f8",
  "#d3eaee",
  "#a7d5dd",
  "#76bdc9",
  "#3f9dac",
  "#1f7f8f",
  "#0f6775",
  "#0b5563",
  "#084551",
  "#05343e",
];

const dark: MantineColorsTuple = [
  "#d5dae1",
  "#b3bac5",
  "#98a1ae",
  "#5d6673",
  "#3a424d",
  "#2c333d",
  "#20262e",
  "#191e25",
  "#14181e",
  "#0e1116",
];

/** Carries white text at 6.5 : 1, as the accent does. */
const red: MantineColorsTuple = [
  "#fff5f5",
  "#ffe3e3",
  "#ffc9c9",
  "#ffa8a8",
  "#ff8787",
  "#f06b6b",
  "#b42330",
  "#a61b29",
  "#96142a",
  "#7f1020",
];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, dark, red },
  defaultRadius: 6,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "14px", md: "16px", lg: "18px", xl: "20px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "24px", lineHeight: "32px" },
      h2: { fontSize: "18px", lineHeight: "28px" },
      h3: { fontSize: "16px", lineHeight: "24px" },
    },
  },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Text: { defaultProps: { size: "sm" } },
    Button: { defaultProps: { size: "sm" }, styles: { label: { fontWeight: 600 } } },
    Paper: { defaultProps: { withBorder: true, shadow: undefined } },
    // Within a sentence colour alone would not tell a link.
    Anchor: { defaultProps: { underline: "always" } },
    // A menu holds its items and nothing else, stands where its button stands, and is cut off by nothing.
    Menu: {
      defaultProps: {
        shadow: "md",
        transitionProps: { duration: 100 },
        withInitialFocusPlaceholder: false,
        withinPortal: false,
        floatingStrategy: "fixed",
      },
    },
    Modal: {
      defaultProps: { centered: true, transitionProps: { duration: 120 } },
      styles: { title: { fontWeight: 650, fontSize: 18 } },
    },
    // Within a dialog it is no banner of the page.
    ModalHeader: { defaultProps: { role: "presentation" } },
    DrawerHeader: { defaultProps: { role: "presentation" } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

/** Quiet text still has 4.5 : 1 on every ground it stands on; hairlines are seen and not noticed. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1b2128",
    "--mantine-color-dimmed": "#5a6470",
    "--mantine-color-placeholder": "#6b7480",
    "--mantine-color-anchor": "#0b5563",
    "--mantine-color-error": "#a61b29",
    "--ground": "#f6f7f9",
    "--hairline": "#e1e5ea",
    "--hover": "#f1f4f6",
    "--chosen": "#e3f1f3",
    "--glow": "#fff3bf",
  },
  dark: {
    "--mantine-color-body": "#14181e",
    "--mantine-color-text": "#e4e8ed",
    "--mantine-color-dimmed": "#9aa4b1",
    "--mantine-color-placeholder": "#8a94a2",
    "--mantine-color-anchor": "#7cc7d3",
    "--mantine-color-error": "#ff9aa2",
    "--ground": "#0e1116",
    "--hairline": "#2a313a",
    "--hover": "#1b2129",
    "--chosen": "#15313a",
    "--glow": "#3d3510",
  },
});
