/** The little of protocol buffers that writing a model needs: a message is the bytes of its fields in a row. */

/** The bytes of a message or of one of its fields. */
export type Bytes = Uint8Array;

/** A whole number, enumeration or boolean. */
export function integer(field: number, value: number): Bytes {
  return join([varint(field << 3), varint(value)]);
}

/** A string, a message within a message, or raw bytes. */
export function bytes(field: number, value: string | Bytes): Bytes {
  const content = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return join([varint((field << 3) | 2), varint(content.length), content]);
}

/** A message, from its fields. */
export function join(parts: Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

// Seven bits a byte, the lowest first; the top bit says that more follow. Never negative here.
function varint(value: number): Bytes {
  const encoded: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    encoded.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  encoded.push(rest);
  return Uint8Array.from(encoded);
}
