/** The device in use: a pill with its time and rate, and behind it the choice and the facts. */
import { KShotError } from "../kshot.ts";
import type { BackendChoice, DeviceReport, FrameTiming } from "../types.ts";
import type { App } from "./app.ts";
import { find, make, paragraph, setText } from "./dom.ts";
import { onLanguage, words, wordsOf } from "./language.ts";

/** Frame times and answers per second, as they come. */
export interface Pace {
  /** A frame was answered. */
  add(timing: FrameTiming): void;
}

const WINDOW = 12;
const MEMORY_MS = 2_000;

/** Starts the pill and its panel. */
export function startDevicePanel(app: App): Pace {
  const pill = find("device-pill");
  const panel = find("device-panel");
  const problem = find("device-error");
  const times: number[] = [];
  const stamps: number[] = [];
  let device: DeviceReport | null = null;
  let memory = "";
  let last: FrameTiming | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;

  const parts = { backend: make("strong"), time: make("span", "number"), rate: make("span", "number") };
  pill.append(parts.backend, parts.time, parts.rate);

  const showPill = () => {
    if (device === null) return;
    const { backendName, measuring, milliseconds, perSecond } = words();
    setText(parts.backend, backendName[device.backend]);
    const time = median(times) ?? (device.backend === "webgpu" ? device.webgpuMs : device.cpuMs);
    const rate = rateOf(stamps);
    const busy = app.engine?.measuring ?? false;
    setText(parts.time, busy ? measuring : time === null ? "" : milliseconds(sayMs(time)));
    setText(parts.rate, busy || rate === null ? "" : perSecond(rate));
  };

  const showPanel = () => {
    if (device === null) return;
    const { milliseconds, notMeasured, adapter, whyNoWebgpu, memory: memoryWord, measuring } = words();
    const say = (ms: number | null) => (ms === null ? notMeasured : milliseconds(sayMs(ms)));
    const busy = app.engine?.measuring ?? false;
    setText(find("cpu-ms"), say(device.cpuMs));
    setText(find("webgpu-ms"), busy ? measuring : say(device.webgpuMs));
    find<HTMLFieldSetElement>("device-choice").disabled = busy;
    for (const input of panel.querySelectorAll<HTMLInputElement>("input[name=backend]")) {
      input.checked = input.value === device.choice;
    }
    const facts: [string, string][] = [];
    if (last !== null) {
      const { frame, embed, head } = last;
      facts.push([words().frameTime, words().frameTimes(sayMs(frame), sayMs(embed), head.toFixed(2))]);
    }
    const rate = rateOf(stamps);
    if (rate !== null) facts.push([words().rate, words().perSecond(rate)]);
    if (device.adapter !== null) facts.push([adapter, device.adapter]);
    if (device.webgpuProblem !== null) facts.push([whyNoWebgpu, device.webgpuProblem]);
    if (memory !== "") facts.push([memoryWord, memory]);
    find("device-facts").replaceChildren(
      ...facts.flatMap(([term, fact]) => [make("dt", "", term), make("dd", "", fact)]),
    );
  };

  const show = () => {
    showPill();
    showPanel();
  };

  app.events.on("device", (report) => {
    device = report;
    pill.hidden = false;
    times.length = stamps.length = 0;
    document.documentElement.dataset.backend = report.backend;
    document.documentElement.toggleAttribute("data-measuring", app.engine?.measuring ?? false);
    pill.title = report.webgpuProblem ?? "";
    show();
  });

  panel.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement)
      void choose(app, event.target.value as BackendChoice, problem, show);
  });
  panel.addEventListener("toggle", (event) => {
    clearInterval(timer);
    if ((event as ToggleEvent).newState !== "open") return;
    const measure = async () => {
      const used = await app.ready?.memory().catch(() => null);
      if (used == null) return;
      const gpu = used.gpuBytes === null ? null : sayMegabytes(used.gpuBytes);
      memory = words().memoryValue(sayMegabytes(used.wasmBytes), gpu);
      showPanel();
    };
    timer = setInterval(measure, MEMORY_MS);
    void measure();
  });
  onLanguage(show);

  let shown = 0;
  return {
    add(timing) {
      const now = performance.now();
      last = timing;
      times.push(timing.total);
      stamps.push(now);
      if (times.length > WINDOW) times.shift();
      if (stamps.length > WINDOW || now - (stamps[0] ?? now) > 5_000) stamps.shift();
      // A number that changes thirty times a second cannot be read.
      if (now - shown < 500) return;
      shown = now;
      showPill();
    },
  };
}

async function choose(
  app: App,
  choice: BackendChoice,
  problem: HTMLElement,
  show: () => void,
): Promise<void> {
  problem.hidden = true;
  try {
    await app.ready?.chooseBackend(choice);
  } catch (error) {
    if (!(error instanceof KShotError)) throw error;
    const { says, todo } = wordsOf(error);
    setText(problem, paragraph(says, todo));
    problem.hidden = false;
    show();
  }
}

function rateOf(stamps: number[]): string | null {
  const first = stamps[0];
  const last = stamps[stamps.length - 1];
  if (first === undefined || last === undefined || last - first < 1) return null;
  const rate = ((stamps.length - 1) * 1_000) / (last - first);
  return rate >= 10 ? rate.toFixed(0) : rate.toFixed(1);
}

function median(values: number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

function sayMs(ms: number): string {
  return ms >= 10 ? ms.toFixed(0) : ms.toFixed(1);
}

function sayMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
