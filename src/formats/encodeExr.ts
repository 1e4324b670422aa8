import { BadText } from "./errors.ts";
import { quote } from "./quote.ts";

/** Channel names in the order that the format wants, which is the alphabet's, and which of the picture's values each is. */
const CHANNELS = {
  1: [["Y", 0]],
  3: [
    ["B", 2],
    ["G", 1],
    ["R", 0],
  ],
  4: [
    ["A", 3],
    ["B", 2],
    ["G", 1],
    ["R", 0],
  ],
} as const;

/** Red, green, blue and white in CIE 1931 x, y. */
export type Chromaticities = readonly [number, number, number, number, number, number, number, number];

/**
 * An OpenEXR file: one part, scan lines of 32-bit floats, not compressed, so that its bytes are a function of the arguments alone. `data` is
 * [height, width, channels] in linear light, any values. Each entry of `text` becomes a string attribute in UTF-8, under its own name.
 * Throws BadText for a name that an attribute cannot have (1 to 31 characters of ASCII, none of them a control) or that the format itself
 * uses. Source: "OpenEXR file layout", openexr.com.
 */
export function encodeExr(
  picture: { width: number; height: number; channels: 1 | 3 | 4; data: Float32Array },
  text: Readonly<Record<string, string>> = {},
  chromaticities?: Chromaticities,
): Uint8Array {
  const { width, height, channels, data } = picture;
  if (data.length !== width * height * channels)
    throw new Error(`invariant: ${data.length} values for a picture of [${height}, ${width}, ${channels}]`);
  const window = int32(0, 0, width - 1, height - 1);
  const required = new Map<string, Buffer>([
    ["channels", attribute("channels", "chlist", channelList(channels))],
    ["compression", attribute("compression", "compression", Buffer.of(0))],
    ["dataWindow", attribute("dataWindow", "box2i", window)],
    ["displayWindow", attribute("displayWindow", "box2i", window)],
    ["lineOrder", attribute("lineOrder", "lineOrder", Buffer.of(0))],
    ["pixelAspectRatio", attribute("pixelAspectRatio", "float", float32(1))],
    ["screenWindowCenter", attribute("screenWindowCenter", "v2f", float32(0, 0))],
    ["screenWindowWidth", attribute("screenWindowWidth", "float", float32(1))],
  ]);
  if (chromaticities)
    required.set("chromaticities", attribute("chromaticities", "chromaticities", float32(...chromaticities)));
  const told = Object.entries(text).map(([name, value]) => {
    if (!/^[\x20-\x7e]{1,31}$/.test(name) || required.has(name))
      throw new BadText(`the key ${quote(name)} cannot stand in an EXR: 1 to 31 characters of ASCII of its own can`);
    return attribute(name, "string", Buffer.from(value, "utf8"));
  });
  const head = Buffer.concat([MAGIC_AND_VERSION, ...required.values(), ...told, Buffer.of(0)]);

  const lineBytes = 4 * width * channels;
  const lines = Buffer.alloc(height * (16 + lineBytes));
  const first = head.length + 8 * height;
  for (let y = 0; y < height; y++) {
    lines.writeBigUInt64LE(BigInt(first + y * (8 + lineBytes)), 8 * y);
    let at = 8 * height + y * (8 + lineBytes);
    lines.writeInt32LE(y, at);
    lines.writeInt32LE(lineBytes, at + 4);
    at += 8;
    for (const [, which] of CHANNELS[channels])
      for (let x = 0; x < width; x++, at += 4) lines.writeFloatLE(data[(y * width + x) * channels + which]!, at);
  }
  return Buffer.concat([head, lines]);
}

const MAGIC_AND_VERSION = Buffer.of(0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0);

function attribute(name: string, type: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${name}\0${type}\0`, "latin1"), int32(value.length), value]);
}

/** Each channel: its name, 2 for 32-bit floats, "linear" and three bytes of nothing, and a sample at every pixel. */
const channelList = (channels: 1 | 3 | 4): Buffer =>
  Buffer.concat([
    ...CHANNELS[channels].map(([name]) => Buffer.concat([Buffer.from(`${name}\0`, "latin1"), int32(2, 0, 1, 1)])),
    Buffer.of(0),
  ]);

function int32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeInt32LE(value, 4 * i);
  return bytes;
}

function float32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes;
}
