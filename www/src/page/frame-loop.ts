/**
 * Asks about one video frame after the other: one in flight, the next when it is answered.
 *
 * It waits for frames that the video really shows, so it rests by itself while the tab is hidden, the
 * video is paused, or the camera is slow.
 */
import type { App } from "./app.ts";
import { isPassing } from "./app.ts";
import type { Pace } from "./device-panel.ts";

// While the engine is being rebuilt there is nothing to ask; look again soon.
const REST_MS = 200;

/** Runs until the returned function is called. */
export function watchVideo(app: App, video: HTMLVideoElement, pace: Pace): () => void {
  let running = true;
  let cancel = () => {};

  const next = () => {
    if (!running) return;
    if (app.ready === null) {
      const timer = setTimeout(next, REST_MS);
      cancel = () => clearTimeout(timer);
      return;
    }
    if ("requestVideoFrameCallback" in video) {
      const request = video.requestVideoFrameCallback(() => void ask());
      cancel = () => video.cancelVideoFrameCallback(request);
    } else {
      const request = requestAnimationFrame(() => void ask());
      cancel = () => cancelAnimationFrame(request);
    }
  };

  const ask = async () => {
    if (!running) return;
    if (document.hidden || video.paused) {
      const timer = setTimeout(next, REST_MS);
      cancel = () => clearTimeout(timer);
      return;
    }
    try {
      const answer = await app.ready?.classify(video);
      if (running && answer != null) {
        pace.add(answer.timing);
        app.show(answer);
      }
    } catch (error) {
      if (!isPassing(error)) reportError(error);
    }
    next();
  };

  next();
  return () => {
    running = false;
    cancel();
  };
}
