/** Puts the public API where tests can reach it, and pictures beside it; nothing stands between. */
import { KShot, KShotError } from "../../../www/src/kshot.ts";
import * as pictures from "./pictures.ts";

/** What the page offers to `page.evaluate`. */
export interface Api {
  KShot: typeof KShot;
  KShotError: typeof KShotError;
  pictures: typeof pictures;
  /** The code of the error that a call throws; "none" if it throws none. */
  codeOf(call: () => Promise<unknown>): Promise<string>;
}

declare global {
  interface Window {
    api: Api;
  }
}

async function codeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "none";
  } catch (error) {
    return error instanceof KShotError ? error.code : `no KShotError: ${error}`;
  }
}

window.api = { KShot, KShotError, pictures, codeOf };
document.documentElement.dataset.api = "ready";
