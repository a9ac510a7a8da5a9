/**
 * onnxruntime-web with the same network, one thread on the CPU. Pixels by its usual path: a 2D canvas of the
 * network's size, getImageData, and a loop that makes planes of it.
 */
import type { InferenceSession } from "onnxruntime-web";
import webgpuUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { type Convolution, SIDE } from "./network";
import { writeOnnx } from "./onnx";
import { centreCrop, type Frame, type Peer } from "./peer";

/** Loads the network with one of onnxruntime's execution providers. */
export async function loadOrt(backend: "wasm" | "webgpu", network: Convolution[]): Promise<Peer> {
  // Its own advice is one bundle a backend: the plain one is smaller and faster where WebGPU is not wanted.
  const ort = await (backend === "wasm" ? import("onnxruntime-web/wasm") : import("onnxruntime-web/webgpu"));
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: backend === "wasm" ? wasmUrl : webgpuUrl };
  ort.env.logLevel = "error";
  const options: InferenceSession.SessionOptions = {
    executionProviders: [backend],
    graphOptimizationLevel: "all",
  };
  const session = await ort.InferenceSession.create(writeOnnx(network), options);

  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("there is no 2D canvas here");
  const input = new Float32Array(3 * SIDE * SIDE); // [3, 224, 224]

  return {
    async corners(frame: Frame) {
      const { x, y, side } = centreCrop(frame);
      context.drawImage(frame, x, y, side, side, 0, 0, SIDE, SIDE);
      const { data } = context.getImageData(0, 0, SIDE, SIDE);
      const plane = SIDE * SIDE;
      for (let pixel = 0; pixel < plane; pixel++) {
        for (let channel = 0; channel < 3; channel++) {
          input[channel * plane + pixel] = ((data[4 * pixel + channel] ?? 0) - 127) / 128;
        }
      }
      const results = await session.run({ input: new ort.Tensor("float32", input, [1, 3, SIDE, SIDE]) });
      const corners = results.corners?.data;
      if (!(corners instanceof Float32Array)) throw new Error("onnxruntime gave no corners");
      return corners;
    },
  };
}
