/** kshot alone: its memory over many frames, the time of its head, and the page while a frame is in work. */
import { loadFrame } from "./frames";
import { fillSupport, KShot } from "./kshot";
import type { Frame } from "./peer";

let kshot: KShot;
let frame: Frame;

const bench = {
  async load(backend: "cpu" | "webgpu"): Promise<void> {
    frame = await loadFrame("/bench/photo", 640, 480);
    kshot = await KShot.load({ backend });
    await fillSupport(kshot, 5, 5);
  },

  /** Two classes of five shots as a saved file. */
  async save(): Promise<number[]> {
    kshot = await KShot.load({ backend: "cpu" });
    await fillSupport(kshot, 2, 5);
    return [...new Uint8Array(await (await kshot.exportFile()).arrayBuffer())];
  },

  /** Another support set in place of the one that is there. */
  async fill(classes: number, shots: number): Promise<void> {
    await fillSupport(kshot, classes, shots);
  },

  /** Opens faces and looks at a photo with one, enlarged. */
  async lookAtFace(width: number, height: number): Promise<void> {
    const faces = await kshot.openFaces();
    await faces.look(await loadFrame("/bench/faces/obama-1.jpg", width, height));
  },

  /** Classifies some frames, one after the other, and tells what memory is held afterwards. */
  async classify(frames: number): Promise<{ wasmBytes: number; gpuBytes: number | null }> {
    for (let done = 0; done < frames; done++) await kshot.classify(frame);
    return kshot.memory();
  },

  /** Milliseconds from an embedding to an answer, one for each frame. */
  async headTimes(classes: number, shots: number, frames: number): Promise<number[]> {
    await fillSupport(kshot, classes, shots);
    const times: number[] = [];
    for (let done = 0; done < frames; done++) {
      const answer = await kshot.classify(frame);
      if (answer !== null) times.push(answer.timing.head);
    }
    return times;
  },

  /** Milliseconds between the page's animation frames, for as long as asked, with or without frames in work. */
  async animationGaps(duration: number, classifying: boolean): Promise<{ gaps: number[]; frames: number }> {
    const gaps: number[] = [];
    const end = performance.now() + duration;
    let last = performance.now();
    const ticks = new Promise<void>((done) => {
      const tick = () => {
        const now = performance.now();
        gaps.push(now - last);
        last = now;
        if (now < end) requestAnimationFrame(tick);
        else done();
      };
      requestAnimationFrame(tick);
    });
    let frames = 0;
    while (classifying && performance.now() < end) {
      await kshot.classify(frame);
      frames++;
    }
    await ticks;
    return { gaps, frames };
  },
};

window.bench = bench;
