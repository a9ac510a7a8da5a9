/** The undo button, and undo as it is told: by the button, by the keys, and by what a toast offers to take back. */
import { KShotError } from "../errors.ts";
import type { App } from "./app.ts";
import { find } from "./dom.ts";
import { onLanguage, words } from "./language.ts";
import { showError, showToast } from "./toast.ts";

/** Takes a step back, the newest where none is named, and says so. */
export async function undo(app: App, step?: number): Promise<void> {
  try {
    if ((await app.history.undo(step)) !== null) showToast(words().undone);
  } catch (error) {
    if (!(error instanceof KShotError)) throw error;
    showError(error);
  }
}

/** Starts the button. */
export function startUndo(app: App): void {
  const button = find<HTMLButtonElement>("undo");
  button.addEventListener("click", () => void undo(app));
  const show = () => {
    const step = app.engine?.support.undo ?? null;
    button.disabled = step === null;
    button.title = step === null ? words().undo : words().undoWhat[step.action];
  };
  app.events.on("support", show);
  onLanguage(show);
}
