/**
 * Asks about one video frame after the other: one in flight, and the next is whatever the video shows
 * when it is answered.
 *
 * It is driven by frames that the video really shows, so it rests by itself while the tab is hidden, the
 * video is paused, or the camera is slow; and it never asks about the same frame twice.
 */
import type { App } from "./app.ts";
import { isPassing } from "./app.ts";

/** What is done with a frame. */
export interface Asking<T> {
  /** Asks; null where there is no answer to this frame. */
  ask(video: HTMLVideoElement): Promise<T | null>;
  /** Shows the answer, unless the video is no longer watched. */
  show(answer: T): void;
}

/** Runs until the returned function is called, or until a frame fails for a reason that will not pass. */
export function watchVideo<T>(
  app: App,
  video: HTMLVideoElement,
  asking: Asking<T>,
  onError: (error: unknown) => void,
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
        const answer = await asking.ask(video);
        if (running && answer !== null) asking.show(answer);
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
