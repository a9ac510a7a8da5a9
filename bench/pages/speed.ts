/**
 * Speed: kshot and its peers on the same network and the same frame, in turns.
 *
 * The runner (bench/sections/speed.mjs) calls `window.bench`. Each round runs every engine once, so that a machine
 * that slows down or speeds up does so for all of them.
 */
import { loadFrame } from "./frames";
import { fillSupport, KShot } from "./kshot";
import { readNetwork, readProjection, SIDE } from "./network";
import { loadOrt } from "./ort";
import type { Frame, Peer } from "./peer";
import { loadTfjs } from "./tfjs";

let kshot: KShot;
let peers: Peer[] = [];
let runs: (() => Promise<unknown>)[] = [];
let networkFrame: Frame;
let project: (corners: Float32Array) => Float32Array;

const bench = {
  /** Loads every engine. The order of all results: kshot, TensorFlow.js, onnxruntime, then kshot to an answer. */
  async load(backend: "cpu" | "webgpu"): Promise<void> {
    const file = async (name: string) => (await fetch(`/bench/${name}.safetensors`)).arrayBuffer();
    const network = readNetwork(await file("weights"));
    project = readProjection(await file("projection"));
    const webcamFrame = await loadFrame("/bench/photo", 640, 480);
    networkFrame = await loadFrame("/bench/photo", SIDE, SIDE);
    kshot = await KShot.load({ backend });
    await fillSupport(kshot, 5, 5);
    // What the peers call their CPU backend.
    const peerBackend = backend === "cpu" ? "wasm" : backend;
    peers = [await loadTfjs(peerBackend, network), await loadOrt(peerBackend, network)];
    runs = [
      () => kshot.embed(webcamFrame),
      ...peers.map((peer) => () => peer.corners(webcamFrame)),
      () => kshot.classify(webcamFrame),
    ];
  },

  /**
   * Each engine's embedding of a frame of the network's own size, where no resampling tells them apart; of the
   * peers' corners, by the same projection.
   */
  async embeddings(): Promise<number[][]> {
    const embeddings = [[...(await kshot.embed(networkFrame))]];
    for (const peer of peers) embeddings.push([...project(await peer.corners(networkFrame))]);
    return embeddings;
  },

  /** Milliseconds for each engine and round, after rounds that are not counted. */
  async measure(rounds: number, warmUps: number): Promise<number[][]> {
    const times: number[][] = runs.map(() => []);
    for (let round = -warmUps; round < rounds; round++) {
      for (const [index, run] of runs.entries()) {
        const start = performance.now();
        await run();
        if (round >= 0) times[index]?.push(performance.now() - start);
      }
    }
    return times;
  },

  /** One frame through one engine. */
  async runOnce(index: number): Promise<void> {
    await runs[index]?.();
  },
};

window.bench = bench;
