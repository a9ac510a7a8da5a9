/**
 * Writes the network as an ONNX model, the way an exporter would: Conv with its bias and pads, Clip for ReLU6,
 * Add and AveragePool. Field numbers are those of onnx.proto (IR version 8, opset 13).
 */
import { CHANNELS, CORNER, type Convolution, SIDE, samePadding } from "./network";
import { type Bytes, bytes, integer, join } from "./protobuf";

const FLOAT = 1;
const ATTRIBUTE_INTS = 7;
const ATTRIBUTE_INT = 2;

/** The model file: `input` [1, 3, 224, 224] to `corners` [1, 1280, 2, 2]. */
export function writeOnnx(network: Convolution[]): Bytes {
  const nodes: Bytes[] = [];
  const constants = [tensor("zero", [], Float32Array.of(0)), tensor("six", [], Float32Array.of(6))];
  let current = "input";
  let residual = current;
  let side = SIDE;
  network.forEach((layer, index) => {
    const name = `layer${index}`;
    const fanIn = layer.kind === "depthwise" ? 1 : layer.inputs;
    constants.push(
      tensor(`${name}.weight`, [layer.outputs, fanIn, layer.kernel, layer.kernel], layer.weight),
      tensor(`${name}.bias`, [layer.outputs], layer.bias),
    );
    if (layer.startsResidual) residual = current;
    const [before, after] = samePadding(side, layer.kernel, layer.stride);
    const attributes = [
      integers("kernel_shape", [layer.kernel, layer.kernel]),
      integers("strides", [layer.stride, layer.stride]),
      integers("pads", [before, before, after, after]),
      wholeNumber("group", layer.kind === "depthwise" ? layer.inputs : 1),
    ];
    nodes.push(node("Conv", [current, `${name}.weight`, `${name}.bias`], name, attributes));
    current = name;
    if (layer.relu6) {
      nodes.push(node("Clip", [current, "zero", "six"], `${name}.relu6`));
      current = `${name}.relu6`;
    }
    if (layer.endsResidual) {
      nodes.push(node("Add", [residual, current], `${name}.sum`));
      current = `${name}.sum`;
    }
    side = Math.ceil(side / layer.stride);
  });
  const corner = [
    integers("kernel_shape", [CORNER.side, CORNER.side]),
    integers("strides", [CORNER.step, CORNER.step]),
  ];
  nodes.push(node("AveragePool", [current], "corners", corner));

  const graph = join([
    ...nodes.map((each) => bytes(1, each)),
    bytes(2, "efficientnet_lite0"),
    ...constants.map((each) => bytes(5, each)),
    bytes(11, value("input", [1, 3, SIDE, SIDE])),
    bytes(12, value("corners", [1, CHANNELS, 2, 2])),
  ]);
  const opset = join([bytes(1, ""), integer(2, 13)]);
  return join([integer(1, 8), bytes(2, "kshot bench"), bytes(7, graph), bytes(8, opset)]);
}

// NodeProto
function node(operator: string, inputs: string[], output: string, attributes: Bytes[] = []): Bytes {
  return join([
    ...inputs.map((each) => bytes(1, each)),
    bytes(2, output),
    bytes(3, output),
    bytes(4, operator),
    ...attributes.map((each) => bytes(5, each)),
  ]);
}

// AttributeProto
function integers(name: string, values: number[]): Bytes {
  return join([bytes(1, name), ...values.map((each) => integer(8, each)), integer(20, ATTRIBUTE_INTS)]);
}

function wholeNumber(name: string, number: number): Bytes {
  return join([bytes(1, name), integer(3, number), integer(20, ATTRIBUTE_INT)]);
}

// TensorProto; the raw data is little-endian, as every machine that runs a browser is.
function tensor(name: string, shape: number[], data: Float32Array): Bytes {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return join([...shape.map((each) => integer(1, each)), integer(2, FLOAT), bytes(8, name), bytes(9, raw)]);
}

// ValueInfoProto
function value(name: string, shape: number[]): Bytes {
  const dimensions = join(shape.map((each) => bytes(1, integer(1, each))));
  const type = bytes(1, join([integer(1, FLOAT), bytes(2, dimensions)]));
  return join([bytes(1, name), bytes(2, type)]);
}
