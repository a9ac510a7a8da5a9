/** Opens the page as its address says, and lets the address follow: which tab, which method. */
import type { Method } from "../types.ts";
import { fromAddress, toAddress } from "./address.ts";
import type { App } from "./app.ts";
import { words } from "./language.ts";

/** The tabs by the names that tasks have in addresses; the first is what an address without one means. */
const TASKS: Record<string, string> = { objects: "camera", samples: "samples", draw: "draw", face: "face" };

/** Starts it. */
export function startAddress(app: App): void {
  const root = document.documentElement;
  const tasks = Object.keys(TASKS);
  const say = () => {
    const task = tasks.find((one) => TASKS[one] === root.dataset.tab);
    if (task !== undefined) toAddress("task", task === tasks[0] ? null : task);
  };
  new MutationObserver(say).observe(root, { attributeFilter: ["data-tab"] });
  const task = fromAddress("task", tasks);
  if (task !== null) document.getElementById(`tab-${TASKS[task]}`)?.click();

  let wanted = fromAddress("method", Object.keys(words().methods) as Method[]);
  /** The method that goes without saying. */
  let begins: Method | null = null;
  app.events.on("settings", ({ method }) => {
    begins ??= method;
    // The first settings are those of an engine that knows nothing of the address.
    if (wanted === null) toAddress("method", method === begins ? null : method);
  });
  app.events.on("engine", (engine) => {
    if (wanted === null) return;
    void engine
      .setSettings({ method: wanted })
      .catch(reportError)
      .finally(() => {
        wanted = null;
      });
  });
}
