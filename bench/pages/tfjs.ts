/**
 * TensorFlow.js with the same network. Convolution, bias and ReLU6 are one fused operation, as in a model that
 * TensorFlow's own converter writes; pixels by its usual fromPixels, slice and resizeBilinear.
 */
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plainUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threadedUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import * as tf from "@tensorflow/tfjs-core";
import { CORNER, type Convolution, SIDE } from "./network";
import { centreCrop, type Frame, type Peer } from "./peer";

/** Loads the network on one of TensorFlow.js's backends. */
export async function loadTfjs(backend: "wasm" | "webgpu", network: Convolution[]): Promise<Peer> {
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plainUrl,
    "tfjs-backend-wasm-simd.wasm": simdUrl,
    "tfjs-backend-wasm-threaded-simd.wasm": threadedUrl,
  });
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here`);
  await tf.ready();
  const layers = network.map((layer) => ({
    ...layer,
    filter: tf.tidy(() => toFilter(layer)),
    offset: tf.tensor1d(layer.bias),
  }));

  const forward = (input: tf.Tensor4D): tf.Tensor => {
    let current = input; // [1, height, width, channels]
    let residual = current;
    for (const { kind, filter, offset, stride, relu6, startsResidual, endsResidual } of layers) {
      if (startsResidual) residual = current;
      const convolve = kind === "depthwise" ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
      const activation = relu6 ? "relu6" : "linear";
      const x = current;
      current = convolve({
        x,
        filter,
        bias: offset,
        strides: stride,
        pad: "same",
        activation,
      }) as tf.Tensor4D;
      if (endsResidual) current = tf.add(residual, current);
    }
    const corners = tf.avgPool(current, CORNER.side, CORNER.step, "valid"); // [1, 2, 2, 1280]
    return tf.transpose(corners, [0, 3, 1, 2]);
  };

  return {
    async corners(frame: Frame) {
      const corners = tf.tidy(() => {
        const { x, y, side } = centreCrop(frame);
        const pixels = tf.slice3d(tf.browser.fromPixels(frame), [y, x, 0], [side, side, 3]);
        const resized = tf.image.resizeBilinear(pixels, [SIDE, SIDE], false, true);
        return forward(tf.expandDims(tf.div(tf.sub(resized, 127), 128), 0) as tf.Tensor4D);
      });
      const values = (await corners.data()) as Float32Array;
      corners.dispose();
      return values;
    },
  };
}

/** [outputs, inputs / groups, k, k] to [k, k, inputs, outputs], or [k, k, channels, 1] for depthwise. */
function toFilter({ kind, weight, kernel, inputs, outputs }: Convolution): tf.Tensor4D {
  const fanIn = kind === "depthwise" ? 1 : inputs;
  const stored = tf.tensor4d(weight, [outputs, fanIn, kernel, kernel]);
  return tf.transpose(stored, kind === "depthwise" ? [2, 3, 0, 1] : [2, 3, 1, 0]);
}
