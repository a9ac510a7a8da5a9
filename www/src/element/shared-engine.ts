/**
 * The one engine of all elements of a page: loaded by the first that is started, ended a while after the last is gone.
 * Each element has a support set of its own in it (`KShot.beside`).
 */
import { Events } from "../events.ts";
import { KShot, KShotError, type Lab } from "../kshot.ts";
import type { BackendChoice, LoadProgress } from "../types.ts";

// An element that a slide framework takes away is often put back with the next slide.
const GRACE_MS = 10_000;

const events = new Events<{ progress: LoadProgress }>();
let loading: Promise<KShot> | null = null;
let users = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** A support set in the shared engine, until `giveBack`. The first element's `backend` is the one that is used. */
export async function takeSupportSet(
  backend: BackendChoice,
  onProgress: (progress: LoadProgress) => void,
): Promise<KShot> {
  const stop = events.on("progress", onProgress);
  users++;
  clearTimeout(timer);
  try {
    const engine = await load(backend);
    return engine.beside();
  } catch (error) {
    users--;
    throw error;
  } finally {
    stop();
  }
}

/** Gives a support set back. */
export function giveBack(kshot: KShot): void {
  kshot.dispose();
  users--;
  clearTimeout(timer);
  if (users === 0) timer = setTimeout(() => end(), GRACE_MS);
}

let lab: { of: KShot; opening: Promise<Lab> } | null = null;

/** The lab of the shared engine; its files come with the first who asks. */
export async function sharedLab(onProgress: (loaded: number, total: number) => void): Promise<Lab> {
  const engine = await loading;
  if (engine === null) throw new KShotError("disposed", "the engine is not loaded");
  if (lab?.of !== engine) lab = { of: engine, opening: engine.openLab({ onProgress }) };
  const mine = lab;
  return mine.opening.catch((error: unknown) => {
    // It can be tried again.
    if (lab === mine) lab = null;
    throw error;
  });
}

async function load(backend: BackendChoice): Promise<KShot> {
  // One that failed for good is let go; the elements that used it hold their shots themselves.
  if (loading !== null && (await loading.catch(() => null))?.status === "failed") end();
  if (loading === null) {
    const mine = KShot.load({ backend, onProgress: (progress) => events.emit("progress", progress) });
    loading = mine;
    mine.catch(() => {
      if (loading === mine) loading = null;
    });
  }
  return loading;
}

function end(): void {
  const ended = loading;
  loading = lab = null;
  ended?.then((kshot) => kshot.dispose()).catch(() => {});
}
