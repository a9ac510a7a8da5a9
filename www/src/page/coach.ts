/**
 * The first minute: three steps that tick themselves off, and the same next step in large type where the
 * answer will be. Once two classes have shots, the line turns into the keys worth knowing.
 */
import type { App } from "./app.ts";
import { find, make, makeIcon } from "./dom.ts";
import { onLanguage, words } from "./language.ts";

/** Starts the steps; gives the prompt that fits now. */
export function startCoach(app: App): () => string {
  const list = find("steps");
  // Without keys, the buttons at the bottom are what there is to hold.
  const touch = matchMedia("(max-width: 700px)");
  let shown = "";

  const filled = () => (app.engine?.support.classes ?? []).filter(({ shots }) => shots.length > 0).length;
  const inSamples = () => document.documentElement.dataset.tab === "samples";

  const show = () => {
    const all = words();
    const count = filled();
    const done = [app.picture !== null || count > 0, count > 0, count > 1];
    const texts =
      inSamples() || count > 1 || app.engine?.support.classes.length === 0
        ? []
        : [
            all.stepCamera,
            ...(touch.matches ? [all.stepFirstTouch, all.stepSecondTouch] : [all.stepFirst, all.stepSecond]),
          ];
    const key = JSON.stringify([texts, done, all.tips]);
    if (key === shown) return;
    shown = key;
    const next = done.indexOf(false);
    list.classList.toggle("tips", texts.length === 0);
    list.replaceChildren(
      ...texts.map((text, i) => {
        const mark = make("span", "step-mark number", done[i] ? makeIcon("check") : String(i + 1));
        const step = make("li", done[i] ? "done" : i === next ? "now" : "", mark, text);
        if (i === next) step.setAttribute("aria-current", "step");
        return step;
      }),
    );
    if (texts.length === 0) {
      list.append(make("li", "tip wide", all.tips), make("li", "tip narrow", all.tipsPhone));
    }
  };

  app.events.on("support", show);
  app.events.on("picture", show);
  onLanguage(show);

  return () => {
    const all = words();
    const classes = app.engine?.support.classes ?? [];
    const allOff = filled() > 0 && classes.every(({ enabled, shots }) => !enabled || shots.length === 0);
    if (allOff && app.answer !== null) return all.promptAllOff;
    if (inSamples()) return filled() > 0 ? all.promptSample : all.promptLoadSamples;
    if (app.picture === null) return all.promptCamera;
    if (filled() > 0) return all.nothingYet;
    const [first] = classes;
    if (first === undefined) return all.promptAddClass;
    return touch.matches ? all.promptFirstTouch(first.name) : all.promptFirst;
  };
}
