/**
 * EfficientNet-Lite0 as data, for the peers: the layers in order, with the weights of the file that kshot ships; and
 * the projection from its last map to an embedding.
 *
 * kshot itself never reads this. It is written from the paper's table rather than from kshot's code, so that
 * the peers' agreement with kshot says something about both.
 */

/** One convolution with its bias, and what comes after it. */
export interface Convolution {
  kind: "convolution" | "depthwise";
  kernel: number;
  stride: number;
  inputs: number;
  outputs: number;
  /** [outputs, inputs / groups, kernel, kernel] */
  weight: Float32Array;
  bias: Float32Array;
  relu6: boolean;
  /** Whether the input of the block is added to this layer's output. */
  endsResidual: boolean;
  /** Whether this layer's input is what a later layer of the block adds. */
  startsResidual: boolean;
}

// Repeats, kernel, stride of the first, expansion, inputs, outputs: Tan and Le 2019, table 1; the Lite
// variant keeps the stem at 32 and the head at 1280 and has no squeeze-and-excitation.
const STAGES = [
  [1, 3, 1, 1, 32, 16],
  [2, 3, 2, 6, 16, 24],
  [2, 5, 2, 6, 24, 40],
  [3, 3, 2, 6, 40, 80],
  [3, 5, 1, 6, 80, 112],
  [4, 5, 2, 6, 112, 192],
  [1, 3, 1, 6, 192, 320],
] as const;

/** Side of the input picture in pixels. */
export const SIDE = 224;
/** Channels of the last map, [7, 7], which is averaged over its four corners of [4, 4]. */
export const CHANNELS = 1280;
/** Side of a corner, and the step from one to the next. */
export const CORNER = { side: 4, step: 3 };

/** Reads the weights file (safetensors, F16) into the list of layers, first to last. */
export function readNetwork(file: ArrayBuffer): Convolution[] {
  const tensors = readSafetensors(file);
  const layers: Convolution[] = [];
  const add = (name: string, layer: Omit<Convolution, "weight" | "bias">) => {
    const weight = tensors.get(`${name}.weight`);
    const bias = tensors.get(`${name}.bias`);
    const fanIn = layer.kind === "depthwise" ? 1 : layer.inputs;
    if (weight?.length !== layer.outputs * fanIn * layer.kernel ** 2 || bias?.length !== layer.outputs) {
      throw new Error(`${name} is not in the weights file in the shape that the network needs`);
    }
    layers.push({ ...layer, weight, bias });
  };
  const plain = { endsResidual: false, startsResidual: false };
  const pointwise = { kind: "convolution", kernel: 1, stride: 1 } as const;

  add("stem", { kind: "convolution", kernel: 3, stride: 2, inputs: 3, outputs: 32, relu6: true, ...plain });
  let block = 0;
  for (const [repeats, kernel, firstStride, expansion, firstInputs, outputs] of STAGES) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const name = `blocks.${block++}`;
      const inputs = repeat === 0 ? firstInputs : outputs;
      const stride = repeat === 0 ? firstStride : 1;
      const residual = stride === 1 && inputs === outputs;
      const middle = inputs * expansion;
      if (expansion > 1) {
        const expand = {
          inputs,
          outputs: middle,
          relu6: true,
          startsResidual: residual,
          endsResidual: false,
        };
        add(`${name}.expand`, { ...pointwise, ...expand });
      }
      const depthwise = { kind: "depthwise", inputs: middle, outputs: middle, relu6: true } as const;
      add(`${name}.depthwise`, { ...depthwise, kernel, stride, ...plain });
      const project = {
        inputs: middle,
        outputs,
        relu6: false,
        startsResidual: false,
        endsResidual: residual,
      };
      add(`${name}.project`, { ...pointwise, ...project });
    }
  }
  add("head", { ...pointwise, inputs: 320, outputs: CHANNELS, relu6: true, ...plain });
  return layers;
}

/**
 * Reads the projection: from the corners' means, channel by channel [1280, 4], to an embedding of length one, as
 * docs/accuracy.md says. Each corner is square-rooted, scaled to length one, centred and projected.
 */
export function readProjection(file: ArrayBuffer): (corners: Float32Array) => Float32Array {
  const tensors = readSafetensors(file);
  const mean = tensors.get("mean");
  const rows = tensors.get("projection");
  if (mean?.length !== CHANNELS || rows === undefined) throw new Error("the projection is not in its file");
  return (corners) => {
    const embedding: number[] = [];
    for (let corner = 0; corner < 4; corner++) {
      const roots = mean.map((_, channel) => Math.sqrt(corners[4 * channel + corner] ?? 0));
      const centred = normalise(roots).map((each, channel) => each - (mean[channel] ?? 0));
      for (let start = 0; start < rows.length; start += CHANNELS)
        embedding.push(centred.reduce((sum, each, channel) => sum + each * (rows[start + channel] ?? 0), 0));
    }
    return normalise(Float32Array.from(embedding));
  };
}

/** Divides by the Euclidean length. */
function normalise(values: Float32Array): Float32Array {
  const length = Math.sqrt(values.reduce((sum, each) => sum + each * each, 0));
  return values.map((each) => each / length);
}

/** TensorFlow's SAME padding of a square input: [before, after] on each axis. */
export function samePadding(side: number, kernel: number, stride: number): [number, number] {
  const total = Math.max((Math.ceil(side / stride) - 1) * stride + kernel - side, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

function readSafetensors(file: ArrayBuffer): Map<string, Float32Array> {
  const headerLength = Number(new DataView(file).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, headerLength)));
  const tensors = new Map<string, Float32Array>();
  for (const [name, entry] of Object.entries<{ dtype: string; data_offsets: [number, number] }>(header)) {
    if (name === "__metadata__") continue;
    if (entry.dtype !== "F16") throw new Error(`${name} is ${entry.dtype}, expected F16`);
    const [start, end] = entry.data_offsets;
    const bits = new Uint16Array(file.slice(8 + headerLength + start, 8 + headerLength + end));
    tensors.set(name, Float32Array.from(bits, halfToFloat));
  }
  return tensors;
}

/** IEEE 754 binary16 to a number. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
