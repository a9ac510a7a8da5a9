/**
 * Asks the engine what the support set says of itself, whenever it has changed, and tells the views.
 *
 * What the user has called right stays so: a shot that was looked at is not marked again.
 */
import type { Guidance } from "../../types.ts";
import type { App } from "../app.ts";
import { soon } from "../soon.ts";

// A burst brings ten shots a second, and the frame loop keeps the engine.
const INTERVAL_MS = 400;

/** Shots that look like another class and were called right by the user. */
const kept = new Set<number>();

/** Starts asking. */
export function startGuidance(app: App): void {
  const ask = soon(INTERVAL_MS, async () => {
    if (app.ready === null) return;
    try {
      app.events.emit("guidance", withoutKept(await app.ready.guidance()));
    } catch {
      // The engine is being rebuilt; the support set is told again when it is there.
    }
  });
  app.events.on("support", ask);
  app.events.on("settings", ask);
}

/** The user says that a shot is right where it is. */
export function keepShot(app: App, shotId: number): void {
  kept.add(shotId);
  app.events.emit("support", app.engine?.support ?? { classes: [], undo: null });
}

function withoutKept(found: Guidance | null): Guidance | null {
  return found && { ...found, misplaced: found.misplaced.filter(({ shotId }) => !kept.has(shotId)) };
}
