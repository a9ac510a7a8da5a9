/**
 * One support set in an engine that others may share: its embeddings, its ids, its settings, and who
 * listens to them. Every `KShot` has one; the devices, the network and the worker belong to the session.
 */
import type { SettingsReport } from "./engine.ts";
import { KShotError } from "./errors.ts";
import { Events } from "./events.ts";
import { SupportMirror } from "./support-mirror.ts";
import type { SupportSummary } from "./types.ts";

/** What is told of one support set alone. */
export interface SeatEvents {
  /** Classes or shots changed. */
  support: SupportSummary;
  /** Settings, or the automatic values behind them, changed. */
  settings: SettingsReport;
}

export class Seat {
  readonly events = new Events<SeatEvents>();
  readonly mirror = new SupportMirror();
  /** The seat's number in the worker. */
  readonly number: number;
  #settings: SettingsReport | null = null;

  constructor(number: number) {
    this.number = number;
  }

  get settings(): SettingsReport {
    if (this.#settings === null) throw new KShotError("disposed", "the engine is not loaded");
    return this.#settings;
  }

  setSettings(settings: SettingsReport): void {
    this.#settings = settings;
    this.events.emit("settings", settings);
  }
}
