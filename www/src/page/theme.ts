/** Light, dark, or as the system has it. */
import { find, setLabel } from "./dom.ts";
import { onLanguage, words } from "./language.ts";
import { recall, remember } from "./store.ts";

const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** Starts the switch in the top bar; `onTheme` is called whenever colours may have changed. */
export function startTheme(onTheme: () => void): void {
  let theme: Theme = recall("theme", THEMES) ?? "auto";
  const button = find("theme");
  const show = () => {
    document.documentElement.dataset.theme = theme;
    setLabel(button, words().theme[theme]);
    onTheme();
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
    remember("theme", theme);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onTheme);
  onLanguage(show);
}
