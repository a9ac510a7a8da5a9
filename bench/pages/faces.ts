/**
 * Faces: kshot on each device beside @vladmandic/face-api on the same photos, in turns, and what a picture without a
 * face costs. The runner is bench/sections/faces.mjs.
 *
 * face-api's parts are timed as it offers them: the tiny detector, the 68 landmarks that it aligns by, and the
 * descriptor, which is of the same network as kshot's, with weights of 8 bits. It has no WebGPU; on a GPU it runs in WebGL.
 */
import plainUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threadedUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import * as faceapi from "@vladmandic/face-api";
import type { Faces } from "../../www/src/kshot.ts";
import { loadFrame } from "./frames";
import { KShot } from "./kshot";
import type { Frame } from "./peer";

/** What one engine makes of one photo; times in milliseconds. */
interface Seen {
  detect: number;
  align: number;
  embed: number;
  embedding: number[] | null;
}

// The types of the package leave TensorFlow.js out.
interface Tf {
  setWasmPaths(paths: Record<string, string>): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
}

/** The size that cameras are opened with. */
const CAMERA = [640, 480] as const;

let frames: Frame[] = [];
let kshots: Faces[] = [];
let engines: ((frame: Frame) => Promise<Seen>)[] = [];

const bench = {
  /** Loads the engines and the photos. The order of all results: kshot on the CPU, on WebGPU where there is any, face-api. */
  async load(backend: "cpu" | "webgpu", photos: string[]): Promise<void> {
    frames = await Promise.all(photos.map((photo) => loadFrame(photo, ...CAMERA)));
    kshots = [await openFaces("cpu")];
    if (backend === "webgpu") kshots.push(await openFaces("webgpu"));
    const tf = faceapi.tf as unknown as Tf;
    tf.setWasmPaths({
      "tfjs-backend-wasm.wasm": plainUrl,
      "tfjs-backend-wasm-simd.wasm": simdUrl,
      "tfjs-backend-wasm-threaded-simd.wasm": threadedUrl,
    });
    const name = backend === "cpu" ? "wasm" : "webgl";
    if (!(await tf.setBackend(name))) throw new Error(`face-api has no ${name} here`);
    await tf.ready();
    const { nets } = faceapi;
    for (const net of [nets.tinyFaceDetector, nets.faceLandmark68Net, nets.faceRecognitionNet])
      await net.loadFromUri("/bench/face-api");
    engines = [...kshots.map((faces) => (frame: Frame) => seeByKshot(faces, frame)), seeByFaceApi];
  },

  /** What each engine makes of each photo, `[engine][round * photos]`, after a round that is not counted. */
  async measure(rounds: number): Promise<Seen[][]> {
    const seen: Seen[][] = engines.map(() => []);
    for (let round = -1; round < rounds; round++)
      for (const frame of frames)
        for (const [index, see] of engines.entries()) {
          const one = await see(frame);
          if (round >= 0) seen[index]?.push(one);
        }
    return seen;
  },

  /** Milliseconds for a picture without a face: as photos to the CPU, as frames of a camera to it, as photos to face-api. */
  async measureFaceless(photo: string, rounds: number): Promise<number[][]> {
    const frame = (await loadFrame(photo, ...CAMERA)) as HTMLCanvasElement;
    const [faces] = kshots;
    const asFrame = async () => {
      const live = new VideoFrame(frame, { timestamp: 0 });
      await faces?.look(live);
      live.close();
    };
    const ways = [
      () => faces?.look(frame),
      asFrame,
      () => faceapi.detectAllFaces(frame, new faceapi.TinyFaceDetectorOptions()),
    ];
    const all: number[][] = [];
    for (const way of ways) {
      await way();
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        await way();
        times.push(performance.now() - start);
      }
      all.push(times);
    }
    return all;
  },
};

async function openFaces(backend: "cpu" | "webgpu"): Promise<Faces> {
  const kshot = await KShot.load({ backend: "cpu" });
  const faces = await kshot.openFaces();
  // Once they are open, since it then waits until they are built there too.
  await kshot.chooseBackend(backend);
  if (faces.device.backend !== backend) throw new Error(`faces do not run on ${backend} here`);
  return faces;
}

async function seeByKshot(faces: Faces, frame: Frame): Promise<Seen> {
  const start = performance.now();
  const look = await faces.look(frame);
  if (look === null) throw new Error("the frame was passed over");
  const { align, embed } = look.timing;
  // What the worker's own clock does not see, the way there and back, is part of finding the face.
  const detect = performance.now() - start - align - embed;
  return { detect, align, embed, embedding: look.embedding && [...look.embedding] };
}

async function seeByFaceApi(frame: Frame): Promise<Seen> {
  const canvas = frame as HTMLCanvasElement;
  const start = performance.now();
  const found = await faceapi.detectAllFaces(canvas, new faceapi.TinyFaceDetectorOptions());
  const detected = performance.now();
  const [largest] = found.sort((a, b) => b.box.area - a.box.area);
  if (largest === undefined) return { detect: detected - start, align: 0, embed: 0, embedding: null };
  const marked = await faceapi
    .detectSingleFace(canvas, new faceapi.TinyFaceDetectorOptions())
    .withFaceLandmarks();
  const searched = performance.now();
  const withDescriptor = await faceapi
    .detectSingleFace(canvas, new faceapi.TinyFaceDetectorOptions())
    .withFaceLandmarks()
    .withFaceDescriptor();
  const end = performance.now();
  const detect = detected - start;
  // Each call does all before it again: the difference is what it adds.
  const align = Math.max(0, searched - detected - detect);
  const embed = Math.max(0, end - searched - (searched - detected));
  const descriptor = marked && withDescriptor ? [...withDescriptor.descriptor] : null;
  return { detect, align, embed, embedding: descriptor };
}

window.bench = bench;
