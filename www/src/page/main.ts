/** Puts the page together. Each view starts once and listens to the app from then on. */
import { KShotError } from "../kshot.ts";
import { startAddress } from "./address-state.ts";
import { startAnswerView } from "./answer-view.ts";
import { App } from "./app.ts";
import { startBars } from "./bars.ts";
import { startEngine } from "./boot.ts";
import { startClassList } from "./class-list.ts";
import { startCoach } from "./coach.ts";
import { startDecide } from "./decide.ts";
import { startDevicePanel } from "./device-panel.ts";
import { find } from "./dom.ts";
import { refuseStrayDrops } from "./drops.ts";
import { startGuidance } from "./guidance/asking.ts";
import { startCheckView } from "./guidance/check-view.ts";
import { Keeping } from "./keep/keeping.ts";
import { startKeys } from "./keys.ts";
import { startLanguage, words } from "./language.ts";
import { LazyTab } from "./lazy-tab.ts";
import { keepOffline } from "./offline.ts";
import { Recorder } from "./recorder.ts";
import { SamplesView } from "./samples.ts";
import { startSlidesLink } from "./slides-link.ts";
import { startSpaceView } from "./space-view.ts";
import { Stage } from "./stage.ts";
import { startTheme } from "./theme.ts";
import { startThreshold } from "./threshold.ts";
import { showToast } from "./toast.ts";
import { startUndo, undo } from "./undo.ts";

const app = new App();
const recorder = new Recorder(app);

startLanguage();
startTheme(() => app.events.emit("theme", undefined));
const pace = startDevicePanel(app);
const stage = new Stage(app, pace, new SamplesView(app), {
  face: new LazyTab(app, {
    panel: "panel-face",
    opening: () => words().faceOpening,
    load: async () => (await import("./face/view.ts")).startFace,
  }),
  draw: new LazyTab(app, {
    panel: "panel-draw",
    opening: () => words().drawOpening,
    load: async () => (await import("./draw/view.ts")).startDraw,
  }),
});
startClassList(app, recorder);
startAnswerView(app, startCoach(app));
startBars(app, find("bars"));
startThreshold(app);
startDecide(app);
startGuidance(app);
startCheckView(app);
startSpaceView(app);
refuseStrayDrops(() => {
  const { stillLoading, dropElsewhere } = words();
  const tab = document.documentElement.dataset.tab;
  const elsewhere = tab === "face" || tab === "draw" ? dropElsewhere[tab] : dropElsewhere.camera;
  showToast(app.ready === null ? stillLoading : elsewhere);
});
startUndo(app);
startKeys(app, recorder, { freeze: () => stage.toggleFreeze(), undo: () => void undo(app) });

// What stands still is asked about again whenever the classes or the settings change.
const answerAgain = async () => {
  const known = app.answer !== null || app.problem !== null;
  if (!known || app.ready === null || app.picture?.moving) return;
  try {
    const answer = await app.answered(() => app.ready?.answer());
    if (app.problem === null) app.show(answer);
  } catch (error) {
    if (!(error instanceof KShotError)) throw error;
  }
};
app.events.on("support", () => void answerAgain());
app.events.on("settings", () => void answerAgain());

const keeping = new Keeping(app);
startEngine(app, async (engine) => {
  await keeping.prepare(engine);
  // Two empty classes to begin with: nobody has to find out how to make one.
  if (engine.support.classes.length === 0)
    for (const n of [1, 2]) await engine.addClass(words().newClassName(n));
});
startAddress(app);
startSlidesLink(app);
app.events.on("engine", () => keepOffline());
const stopWaiting = app.events.on("support", () => {
  stopWaiting();
  void keeping.openAddress();
});
if ((document.documentElement.dataset.tab ?? "camera") === "camera") void stage.camera.openIfAllowed();
