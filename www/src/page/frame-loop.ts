/**
 * Asks about one video frame after the other: one in flight, and the next is whatever the video shows
 * when it is answered.
 *
 * It is driven by frames that the video really shows, so it rests by itself while the tab is hidden, the
 * video is paused, or the camera is slow; and it never asks about the same frame twice.
 */
import type { Answer } from "../types.ts";
import type { App } from "./app.ts";
import { isPassing } from "./app.ts";
import type { Pace } from "./device-panel.ts";

/**
 * Runs until the returned function is called, or until a frame fails for a reason that will not pass. `look` asks
 * about a frame; null where a newer one took its place.
 */
export function watchVideo(
  app: App,
  video: HTMLVideoElement,
  pace: Pace,
  onError: (error: unknown) => void,
  look: (video: HTMLVideoElement) => Promise<Answer | null> = async (one) =>
    (await app.ready?.classify(one)) ?? null,
): () => void {
  let running = true;
  let busy = false;
  let fresh = false;
  let cancel = () => {};

  const watch = () => {
    if ("requestVideoFrameCallback" in video) {
      const request = video.requestVideoFrameCallback(onFrame);
      cancel = () => video.cancelVideoFrameCallback(request);
    } else {
      const request = requestAnimationFrame(onFrame);
      cancel = () => cancelAnimationFrame(request);
    }
  };

  const onFrame = () => {
    fresh = true;
    watch();
    if (!busy) void ask();
  };

  const ask = async () => {
    busy = true;
    while (running && fresh && !document.hidden && !video.paused && app.ready !== null) {
      fresh = false;
      try {
        const answer = await look(video);
        if (running && answer !== null) {
          pace.add(answer.timing);
          app.show(answer);
        }
      } catch (error) {
        if (running && !isPassing(error)) {
          stop();
          onError(error);
        }
      }
    }
    busy = false;
  };

  const stop = () => {
    running = false;
    cancel();
  };

  watch();
  return stop;
}
