import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent: chrome and choices. Everything else that has a colour tells a state (styles.css, --tone-*). */
const harbour: MantineColorsTuple = [
  "#e6f5f8", "#d0e8ee", "#a2d1de", "#70b9ce", "#48a5c0", "#2d98b8", "#1b7f9d", "#0f6480", "#0b5268", "#073c4e",
];

/** Mantine's dark greys, tinted as the panels are (styles.css). */
const dark: MantineColorsTuple = [
  "#e6edf1", "#c3cfd6", "#9fb0bb", "#6c7a84", "#3a4750", "#2a353d", "#1a2329", "#141b20", "#0f161a", "#0b1013",
];

export const theme = createTheme({
  primaryColor: "harbour",
  primaryShade: { light: 7, dark: 6 },
  colors: { harbour, dark },
  fontFamily:
    'Inter, "Segoe UI", system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  fontFamilyMonospace: '"JetBrains Mono", ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  defaultRadius: "sm",
  cursorType: "pointer",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.125rem" }, h2: { fontSize: "0.9375rem" }, h3: { fontSize: "0.875rem" } } },
});
