/**
 * Brings the engine up, shows every step of it with bytes, and says what to do when it fails.
 *
 * After a failure "try again" loads a new engine; shots of the one before are put back into it.
 */
import { KShot, KShotError } from "../kshot.ts";
import type { EngineStatus, KShotState, LoadProgress } from "../types.ts";
import type { App } from "./app.ts";
import { find, setText } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";
import { showToast } from "./toast.ts";

interface Step {
  loaded: number;
  total: number;
}

/** Starts loading and keeps watching. `prepare` gets each engine before anyone else. */
export function startEngine(app: App, prepare: (engine: KShot) => Promise<void>): void {
  const downloads = { module: { loaded: 0, total: 0 }, weights: { loaded: 0, total: 0 } } satisfies Record<
    string,
    Step
  >;
  let current: LoadProgress["step"] = "module";
  let failure: KShotError | null = null;
  /** The reader was told of a loss. */
  let told = false;

  const showProgress = () => {
    const { module, weights } = downloads;
    const loaded = module.loaded + weights.loaded;
    const known = module.total > 0 && weights.total > 0;
    const total = known ? module.total + weights.total : 0;
    const downloading = current === "module" || current === "weights";
    const bar = find<HTMLProgressElement>("loading-bar");
    if (downloading && total > 0) bar.value = loaded / total;
    else bar.removeAttribute("value");
    setText(find("loading-step"), words().loadingStep[current]);
    setText(find("loading-bytes"), downloading ? sayBytes(loaded, total) : "");
  };

  const onProgress = ({ step, loaded, total }: LoadProgress) => {
    if (step === "module" || step === "weights") downloads[step] = { loaded, total };
    const { module, weights } = downloads;
    // Both come at once; the line names the one that is still missing most.
    const missing = weights.total - weights.loaded > module.total - module.loaded ? "weights" : "module";
    current = step === "module" || step === "weights" ? missing : step;
    showProgress();
  };

  const onStatus = (status: EngineStatus) => {
    document.documentElement.dataset.status = status;
    if (status === "recovering") {
      // A GPU that fails while it is tried was never in use: the device's panel says so to those who ask.
      told = !(app.engine?.measuring && app.engine.device.backend === "cpu");
      if (told) showToast(words().recovering);
    }
  };

  const load = async (saved: KShotState | null) => {
    showFailure(null);
    try {
      const engine = await KShot.load({ onProgress, onStatus });
      if (saved !== null) await engine.restoreState(saved);
      await prepare(engine);
      // Nobody did any of this, so nobody takes it back.
      await engine.clearHistory();
      app.attach(engine);
      find("loading").hidden = true;
    } catch (error) {
      if (!(error instanceof KShotError)) throw error;
      saved === null ? showFailure(error) : showFailure(error, () => load(saved));
    }
  };

  let retry: () => void = () => {};
  const showFailure = (error: KShotError | null, again: () => void = () => load(null)) => {
    failure = error;
    retry = again;
    find("fatal").hidden = error === null;
    find("page").classList.toggle("has-failed", error !== null);
    if (error === null) {
      find("loading").hidden = app.engine !== null;
      return;
    }
    const { says, todo } = wordsOf(error);
    setText(find("fatal-says"), says);
    setText(find("fatal-todo"), todo);
    find("fatal-retry").hidden = error.code === "wasm_unsupported" || error.code === "simd_unsupported";
    setText(find("fatal-detail"), `${error.code}: ${error.message}`);
    find("fatal-kept").hidden = !(app.engine?.support.classes.some(({ shots }) => shots.length > 0) ?? false);
  };

  app.events.on("status", (status) => {
    if (status === "ready" && told) showToast(words().recovered);
    if (status === "ready") told = false;
    const engine = app.engine;
    if (status === "failed" && engine?.error != null) {
      const saved = engine.exportState();
      showFailure(engine.error, () => {
        engine.dispose();
        void load(saved);
      });
    }
  });
  find("fatal-retry").addEventListener("click", () => retry());
  onLanguage(() => {
    showProgress();
    if (failure !== null) showFailure(failure, retry);
  });
  void load(null);
}

function sayBytes(loaded: number, total: number): string {
  const say = (bytes: number) => (bytes / 1e6).toFixed(1);
  return total > 0 ? words().bytes(say(loaded), say(total)) : words().bytesOnly(say(loaded));
}
