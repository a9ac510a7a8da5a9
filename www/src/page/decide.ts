/** "How it decides": the metric and the temperature, each with a sentence in plain words. */
import type { SettingsReport } from "../kshot.ts";
import type { Metric, Settings } from "../types.ts";
import type { App } from "./app.ts";
import { find, make, setLabel, setText } from "./dom.ts";
import { onLanguage, words } from "./language.ts";

const METRICS: readonly Metric[] = ["euclidean", "cosine"];
// The slider is logarithmic, a tenth to ten times the automatic value.
const SPAN = 10;

/** Starts the disclosure. */
export function startDecide(app: App): void {
  const legend = make("legend");
  const metric = make("fieldset", "choices", legend);
  const radios = METRICS.map((value) => {
    const input = make("input");
    input.type = "radio";
    input.name = "metric";
    input.value = value;
    const name = make("strong");
    const says = make("span", "fine");
    metric.append(make("label", "choice", input, make("span", "", name, says)));
    return { value, input, name, says };
  });
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
  find("decide-body").append(metric, make("div", "temperature", label, slider, number, auto), says, oneShot);

  let automatic = 1;
  const show = (settings: SettingsReport) => {
    automatic = settings.autoTemperature;
    const isAuto = settings.temperature === "auto";
    const value = settings.temperature === "auto" ? automatic : settings.temperature;
    slider.value = String(Math.log(value / automatic) / Math.log(SPAN));
    setText(number, value.toPrecision(2));
    auto.setAttribute("aria-pressed", String(isAuto));
    for (const radio of radios) radio.input.checked = radio.value === settings.metric;
  };
  const set = (settings: Partial<Settings>) => {
    // While the engine is being rebuilt nothing is set, and what is shown goes back to what holds.
    app.ready?.setSettings(settings).catch(() => app.engine && show(app.engine.settings));
  };
  metric.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) set({ metric: event.target.value as Metric });
  });
  slider.addEventListener("input", () => set({ temperature: automatic * SPAN ** Number(slider.value) }));
  auto.addEventListener("click", () => set({ temperature: "auto" }));

  app.events.on("settings", show);
  app.events.on("engine", () => {
    find("decide").hidden = false;
  });
  onLanguage(() => {
    const all = words();
    setText(legend, all.metric);
    for (const radio of radios) {
      setText(radio.name, all[radio.value]);
      setText(radio.says, all[`${radio.value}Says`]);
    }
    setText(label, all.temperature);
    setText(says, all.temperatureSays);
    setText(oneShot, all.oneShotSays);
    setText(auto, all.auto);
    setLabel(auto, `${all.temperature}: ${all.auto}`);
  });
}
