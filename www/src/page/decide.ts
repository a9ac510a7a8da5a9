/** "How it decides": the method, the metric and the temperature, each with a sentence in plain words. */
import { KShotError, type SettingsReport } from "../kshot.ts";
import { isTrained, TRAINED_METHODS } from "../methods.ts";
import type { Method, Metric, Settings } from "../types.ts";
import type { App } from "./app.ts";
import { find, make, setLabel, setText } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";
import { MethodLoading } from "./method-loading.ts";

const METHODS: readonly Method[] = ["ridge", "prototypical", "siamese", "matching", ...TRAINED_METHODS];
const METRICS: readonly Metric[] = ["euclidean", "cosine"];
// The slider is logarithmic, a tenth to ten times the automatic value.
const SPAN = 10;

/** Starts the disclosure. */
export function startDecide(app: App): void {
  /** The method that is on its way. */
  let wanted: Method | null = null;
  /** The last that was asked for, which may not have come. */
  let asked: Method | null = null;
  const loading = new MethodLoading({ words, wordsOf }, () => {
    if (asked !== null) void choose(asked);
  });
  const choose = async (value: Method) => {
    wanted = asked = value;
    try {
      const engine = app.ready;
      if (engine === null) return;
      if (isTrained(value)) await loading.follow((onProgress) => engine.loadMethods({ onProgress }));
      if (wanted === value) await engine.setSettings({ method: value });
    } catch (error) {
      // While the engine is being rebuilt nothing is set; what cannot be downloaded is told.
      if (!(error instanceof KShotError)) throw error;
      if (wanted === value && app.engine !== null) loading.fail(error, app.engine.settings.method);
    } finally {
      if (wanted === value) {
        wanted = null;
        if (app.engine !== null) show(app.engine.settings);
      }
    }
  };
  const method = new Choices("method", METHODS, (value) => {
    loading.clear();
    void choose(value);
  });
  const trainedSays = make("p", "fine");
  const metric = new Choices("metric", METRICS, (value) => set({ metric: value }));
  const label = make("label");
  const slider = make("input");
  slider.type = "range";
  slider.id = "temperature";
  slider.min = "-1";
  slider.max = "1";
  slider.step = "0.05";
  label.htmlFor = slider.id;
  const number = make("output", "number");
  const auto = make("button", "chip");
  auto.type = "button";
  const says = make("p", "fine");
  const oneShot = make("p", "fine");
  find("decide-body").append(
    method.element,
    loading.element,
    trainedSays,
    metric.element,
    make("div", "temperature", label, slider, number, auto),
    says,
    oneShot,
  );

  let automatic = 1;
  const show = (settings: SettingsReport) => {
    automatic = settings.autoTemperature;
    const isAuto = settings.temperature === "auto";
    const value = settings.temperature === "auto" ? automatic : settings.temperature;
    slider.value = String(Math.log(value / automatic) / Math.log(SPAN));
    setText(number, value.toPrecision(2));
    auto.setAttribute("aria-pressed", String(isAuto));
    method.choose(wanted ?? settings.method);
    metric.choose(settings.method === "matching" ? "cosine" : settings.metric);
    metric.element.disabled = settings.method !== "prototypical" && settings.method !== "siamese";
    trainedSays.hidden = !isTrained(settings.method);
  };
  const set = (settings: Partial<Settings>) => {
    // While the engine is being rebuilt nothing is set, and what is shown goes back to what holds.
    app.ready?.setSettings(settings).catch(() => app.engine && show(app.engine.settings));
  };
  slider.addEventListener("input", () => set({ temperature: automatic * SPAN ** Number(slider.value) }));
  auto.addEventListener("click", () => set({ temperature: "auto" }));

  app.events.on("settings", show);
  app.events.on("engine", () => {
    find("decide").hidden = false;
  });
  onLanguage(() => {
    const all = words();
    loading.say();
    method.say(all.method, (value) => [all.methods[value].name, all.methods[value].says]);
    metric.say(all.metric, (value) => [all[value], all[`${value}Says`]]);
    setText(label, all.temperature);
    setText(trainedSays, all.trainedSays);
    setText(says, all.temperatureSays);
    setText(oneShot, all.oneShotSays);
    setText(auto, all.auto);
    setLabel(auto, `${all.temperature}: ${all.auto}`);
  });
}

/** A few choices, one of them taken, each with a sentence. */
class Choices<T extends string> {
  readonly element = make("fieldset", "choices");
  readonly #legend = make("legend");
  readonly #radios: { value: T; input: HTMLInputElement; name: HTMLElement; says: HTMLElement }[];

  constructor(group: string, values: readonly T[], onChoose: (value: T) => void) {
    this.element.append(this.#legend);
    this.#radios = values.map((value) => {
      const input = make("input");
      input.type = "radio";
      input.name = group;
      input.value = value;
      input.addEventListener("change", () => onChoose(value));
      const name = make("strong");
      const says = make("span", "fine");
      this.element.append(make("label", "choice", input, make("span", "", name, says)));
      return { value, input, name, says };
    });
  }

  choose(value: T): void {
    for (const radio of this.#radios) radio.input.checked = radio.value === value;
  }

  say(legend: string, words: (value: T) => [name: string, says: string]): void {
    setText(this.#legend, legend);
    for (const radio of this.#radios) {
      const [name, says] = words(radio.value);
      setText(radio.name, name);
      setText(radio.says, says);
    }
  }
}
