import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import { decode, encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { FormatError } from "./errors.ts";
import { decodePng, encodePng, readPngText } from "./png.ts";

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

function chunk(type: string, data: Uint8Array | string = ""): Buffer {
  const body = Buffer.concat([Buffer.from(type), typeof data === "string" ? Buffer.from(data, "latin1") : data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length - 4);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function header(width: number, height: number, depth: number, color: number, rest = [0, 0, 0]): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set([depth, color, ...rest], 8);
  return chunk("IHDR", data);
}

const png = (...chunks: Uint8Array[]): Buffer => Buffer.concat([SIGNATURE, ...chunks, chunk("IEND")]);
const idat = (...raw: number[]): Buffer => chunk("IDAT", deflateSync(Buffer.from(raw)));

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.code} ${error.message}`;
  }
  throw new Error("was accepted");
}

const pixels = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 37) & 255);

describe("encoding", () => {
  test.each([1, 2, 3, 4] as const)("%i channels there and back", (channels) => {
    const data = pixels(5 * 3 * channels);
    const bytes = encodePng({ width: 5, height: 3, channels, data });
    expect(decodePng(bytes)).toEqual({ width: 5, height: 3, channels, max: 255, data });
    // Another decoder agrees, checksums and all.
    const other = decode(bytes, { checkCrc: true });
    expect({ ...other, data: [...other.data] }).toMatchObject({
      width: 5,
      height: 3,
      channels,
      depth: 8,
      data: [...data],
    });
  });

  const picture = { width: 2, height: 1, channels: 3, data: pixels(6) } as const;

  test("the same bytes each time, and from one version to the next", () => {
    const text = { prompt: '{"1":"x"}', workflow: "{}" };
    const rows = { width: 9, height: 9, channels: 3, data: pixels(243) } as const;
    const first = Buffer.from(encodePng(rows, text));
    expect(Buffer.from(encodePng(rows, text)).equals(first)).toBe(true);
    expect(first.toString("hex")).toMatchSnapshot();
  });

  test("text is ASCII, stands before the pixels, and means the same JSON", () => {
    const value = { é: "画像 🌊 \u0000\u007f", "\\u": "\\", seed: "18446744073709551615" };
    const bytes = Buffer.from(encodePng(picture, { prompt: JSON.stringify(value), clé: "1" }));
    const text = readPngText(bytes);
    expect(Object.keys(text)).toEqual(["prompt", "clé"]);
    expect(text["prompt"]).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text["prompt"]!)).toEqual(value);
    expect(bytes.indexOf("tEXtprompt")).toBe(37);
    expect(bytes.indexOf("IDAT")).toBeGreaterThan(bytes.lastIndexOf("tEXt"));
    expect(decodePng(bytes).data).toEqual(picture.data);
  });

  test.each([
    ["", "{}"],
    ["x".repeat(80), "{}"],
    ["画", "{}"],
    ["a\0b", "{}"],
    ["a", "x\0y"],
  ])("the key %j with %j", (key, value) => {
    expect(() => encodePng(picture, { [key]: value })).toThrow(expect.objectContaining({ code: "bad-text" }));
  });
});

describe("decoding", () => {
  test.each([
    [
      "grey, 1 bit, 9 pixels",
      png(header(9, 1, 1, 0), idat(0, 0b10110001, 0b10000000)),
      1,
      255,
      [255, 0, 255, 255, 0, 0, 0, 255, 255],
    ],
    ["grey, 2 bits", png(header(3, 1, 2, 0), idat(0, 0b00011011)), 1, 255, [0, 85, 170]],
    ["grey, 4 bits", png(header(3, 1, 4, 0), idat(0, 0x1f, 0x80)), 1, 255, [17, 255, 136]],
    ["grey, 16 bits", png(header(1, 1, 16, 0), idat(0, 0x12, 0x34)), 1, 65535, [0x1234]],
    ["grey and alpha", png(header(1, 1, 8, 4), idat(0, 7, 9)), 2, 255, [7, 9]],
    ["RGB, 16 bits", png(header(1, 1, 16, 2), idat(0, 1, 2, 3, 4, 5, 6)), 3, 65535, [0x102, 0x304, 0x506]],
    [
      "palette, 2 bits",
      png(header(3, 1, 2, 3), chunk("PLTE", "\x01\x02\x03\x04\x05\x06"), idat(0, 0b00010000)),
      4,
      255,
      [1, 2, 3, 255, 4, 5, 6, 255, 1, 2, 3, 255],
    ],
    [
      "palette with alpha",
      png(header(2, 1, 8, 3), chunk("PLTE", "\x01\x02\x03\x04\x05\x06"), chunk("tRNS", "\x80"), idat(0, 0, 1)),
      4,
      255,
      [1, 2, 3, 128, 4, 5, 6, 255],
    ],
    [
      "a transparent grey, 4 bits",
      png(header(2, 1, 4, 0), chunk("tRNS", "\0\x0f"), idat(0, 0xf1)),
      2,
      255,
      [255, 0, 17, 255],
    ],
    [
      "a transparent colour",
      png(header(2, 1, 8, 2), chunk("tRNS", "\0\x01\0\x02\0\x03"), idat(0, 1, 2, 3, 1, 2, 4)),
      4,
      255,
      [1, 2, 3, 0, 1, 2, 4, 255],
    ],
    [
      "data in pieces, foreign chunks between",
      png(
        header(1, 1, 8, 0),
        chunk("teSt", "x"),
        ...[...deflateSync(Buffer.of(0, 5))].map((b) => chunk("IDAT", Buffer.of(b))),
      ),
      1,
      255,
      [5],
    ],
    [
      "something after the end",
      Buffer.concat([png(header(1, 1, 8, 0), idat(0, 5)), Buffer.from("rubbish")]),
      1,
      255,
      [5],
    ],
    [
      "interlaced, 1 bit, 3 x 2",
      png(header(3, 2, 1, 0, [0, 0, 1]), idat(0, 0x80, 0, 0x80, 0, 0x00, 0, 0b01000000)),
      1,
      255,
      [255, 0, 255, 0, 255, 0],
    ],
  ] as const)("%s", (_, bytes, channels, max, want) => {
    const got = decodePng(bytes);
    expect({ channels: got.channels, max: got.max, data: [...got.data] }).toEqual({ channels, max, data: want });
  });

  test.each([8, 16] as const)("Adam7 of every size to 9 x 9, %i bits, as another encoder writes it", (depth) => {
    for (let width = 1; width <= 9; width++)
      for (let height = 1; height <= 9; height++) {
        const data =
          depth === 8 ? pixels(width * height * 3) : Uint16Array.from(pixels(width * height * 3), (v) => v * 257);
        const bytes = encode({ width, height, channels: 3, depth, data }, { interlace: "Adam7" });
        expect(decodePng(bytes).data).toEqual(data);
      }
  });

  /** A plain PNG filter, forwards: the decoder must undo it. */
  test.each([0, 1, 2, 3, 4])("filter %i", (filter) => {
    const [width, height] = [7, 4];
    const data = pixels(width * height * 3);
    const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : data[y * width * 3 + x]!);
    const raw: number[] = [];
    for (let y = 0; y < height; y++) {
      raw.push(filter);
      for (let x = 0; x < width * 3; x++) {
        const [a, b, c] = [at(x - 3, y), at(x, y - 1), x < 3 ? 0 : at(x - 3, y - 1)];
        const nearest = [a, b, c].sort((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0]!;
        raw.push((at(x, y) - [0, a, b, (a + b) >> 1, nearest][filter]!) & 255);
      }
    }
    expect(decodePng(png(header(width, height, 8, 2), idat(...raw))).data).toEqual(data);
  });
});

describe("hostile pictures", () => {
  const good = png(header(2, 2, 8, 0), idat(0, 1, 2, 0, 3, 4));
  test.each<[string, Uint8Array]>([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("hello")],
    ["a JPEG", Buffer.from("\xff\xd8\xff\xe0", "latin1")],
    ["a WebP", Buffer.from("RIFF\x10\0\0\0WEBPVP8 ", "latin1")],
    ["a BMP", Buffer.from("BM\x36\x03\0\0\0\0\0\0\x36\0\0\0\x28", "latin1")],
    ["a GIF", Buffer.from("GIF89a\x01\0\x01\0")],
    ["only a signature", SIGNATURE],
    ["no IEND", good.subarray(0, -12)],
    ["cut in a chunk", good.subarray(0, 50)],
    ["no IHDR first", png(idat(0, 1))],
    ["IHDR twice", png(header(1, 1, 8, 0), header(1, 1, 8, 0))],
    ["IHDR too short", png(chunk("IHDR", "x"))],
    ["a wrong checksum", Buffer.concat([good.subarray(0, 31), Buffer.of(good[31]! ^ 1), good.subarray(32)])],
    [
      "a chunk of 2^32 - 1 bytes",
      Buffer.concat([good.subarray(0, 33), Buffer.from([255, 255, 255, 255]), Buffer.from("IDATxxxx")]),
    ],
    ["a chunk that is no chunk", Buffer.concat([good.subarray(0, 33), Buffer.alloc(40)])],
    ["no pixels wide", png(header(0, 1, 8, 0), idat(0))],
    ["2^31 wide", png(header(2 ** 31, 1, 8, 0), idat(0))],
    ["too many pixels", png(header(2 ** 16, 2 ** 16, 8, 0), idat(0))],
    ["3 bits", png(header(1, 1, 3, 0), idat(0, 0))],
    ["a palette of 16 bits", png(header(1, 1, 16, 3), idat(0, 0, 0))],
    ["colour type 5", png(header(1, 1, 8, 5), idat(0, 0))],
    ["another compression", png(header(1, 1, 8, 0, [1, 0, 0]), idat(0, 0))],
    ["interlace 2", png(header(1, 1, 8, 0, [0, 0, 2]), idat(0, 0))],
    ["no data", png(header(2, 2, 8, 0))],
    ["data that is no deflate", png(header(2, 2, 8, 0), chunk("IDAT", "not deflate"))],
    ["data too short", png(header(2, 2, 8, 0), idat(0, 1, 2, 0, 3))],
    [
      "data cut short",
      png(header(2, 2, 8, 0), chunk("IDAT", deflateSync(Buffer.of(0, 1, 2, 0, 3, 4)).subarray(0, -6))),
    ],
    ["a zip bomb", png(header(2, 2, 8, 0), chunk("IDAT", deflateSync(Buffer.alloc(50_000_000))))],
    ["a large picture of a few bytes", png(header(11_000, 11_000, 16, 6), idat(0, 1, 2))],
    ["filter 5", png(header(1, 1, 8, 0), idat(5, 1))],
    ["no palette", png(header(1, 1, 8, 3), idat(0, 0))],
    ["a palette of 4 bytes", png(header(1, 1, 8, 3), chunk("PLTE", "abcd"), idat(0, 0))],
    ["a palette of 257 colours", png(header(1, 1, 8, 3), chunk("PLTE", "abc".repeat(257)), idat(0, 0))],
    ["a colour beyond the palette", png(header(1, 1, 8, 3), chunk("PLTE", "abc"), idat(0, 1))],
    ["more alphas than colours", png(header(1, 1, 8, 3), chunk("PLTE", "abc"), chunk("tRNS", "ab"), idat(0, 0))],
    ["a tRNS of 3 bytes", png(header(1, 1, 8, 0), chunk("tRNS", "abc"), idat(0, 0))],
    ["an unknown critical chunk", png(header(1, 1, 8, 0), chunk("TEST"), idat(0, 0))],
  ])("%s", (_, bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(() => decodePng(bytes, "p.png"))).toMatchSnapshot();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
  });

  test("10,000 broken pictures: a typed error, or a picture of the right length", () => {
    const sources = [
      encodePng({ width: 4, height: 3, channels: 3, data: pixels(36) }, { prompt: "{}" }),
      png(header(5, 5, 2, 3, [0, 0, 1]), chunk("PLTE", pixels(12)), idat(...Array<number>(30).fill(0))),
      png(header(3, 3, 16, 6), idat(...pixels(75).map((v, i) => (i % 25 ? v : 0)))),
    ];
    const data = (bytes: Buffer, at: number): Buffer => {
      // Repairs checksums, so that mutations reach what lies behind them.
      for (let i = 8; i + 12 <= bytes.length; i += 12 + bytes.readUInt32BE(i)) {
        const end = i + 8 + bytes.readUInt32BE(i);
        if (end + 4 > bytes.length) break;
        if (at % 4) bytes.writeUInt32BE(crc32(bytes.subarray(i + 4, end)), end);
      }
      return bytes;
    };
    let decoded = 0;
    fc.assert(
      fc.property(
        fc.nat(2),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        (which, edits, seed) => {
          const bytes = Buffer.from(sources[which]!);
          for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
          const broken = data(bytes, seed);
          try {
            const got = decodePng(broken);
            expect(got.data.length).toBe(got.width * got.height * got.channels);
            decoded++;
          } catch (error) {
            if (!(error instanceof FormatError)) throw error;
          }
          try {
            readPngText(broken);
          } catch (error) {
            if (!(error instanceof FormatError)) throw error;
          }
        },
      ),
      { numRuns: 10_000 },
    );
    expect(decoded).toBeGreaterThan(50);
  });
});

describe("text chunks", () => {
  const head = header(1, 1, 8, 0);
  const packed = (text: string | Uint8Array): string => deflateSync(text).toString("latin1");
  test.each([
    ["tEXt", chunk("tEXt", "k\0caf\xe9"), { k: "café" }],
    ["an empty text", chunk("tEXt", "k\0"), { k: "" }],
    ["zTXt", chunk("zTXt", `k\0\0${packed(Buffer.from("caf\xe9", "latin1"))}`), { k: "café" }],
    ["iTXt", chunk("iTXt", Buffer.from("k\0\0\0ja\0鍵\0画像")), { k: "画像" }],
    ["iTXt, compressed", chunk("iTXt", `k\0\x01\0\0\0${packed("画像")}`), { k: "画像" }],
    ["the last of two", Buffer.concat([chunk("tEXt", "k\x001"), chunk("tEXt", "k\x002")]), { k: "2" }],
    ["a keyword of Object's", chunk("tEXt", "toString\0x"), { toString: "x" }],
    ["none", Buffer.alloc(0), {}],
  ])("%s", (_, text, want) => {
    expect(readPngText(png(head, text))).toEqual(want);
    expect(readPngText(png(head, idat(0, 0), text))).toEqual(want);
  });

  test.each([
    ["no keyword", chunk("tEXt", "\0x")],
    ["no NUL", chunk("tEXt", "keyword")],
    ["a keyword of 80", chunk("tEXt", `${"k".repeat(80)}\0x`)],
    ["zTXt with another compression", chunk("zTXt", "k\0\x01xx")],
    ["zTXt that is empty", chunk("zTXt", "k\0")],
    ["zTXt that is no deflate", chunk("zTXt", "k\0\0xx")],
    ["iTXt cut short", chunk("iTXt", "k\0\0\0en")],
    ["iTXt with flag 2", chunk("iTXt", "k\0\x02\0\0\0x")],
    ["iTXt that is not UTF-8", chunk("iTXt", "k\0\0\0\0\0\xff")],
    ["a bomb", chunk("zTXt", `k\0\0${packed(Buffer.alloc(70_000_000))}`)],
    ["many chunks", Buffer.concat(Array.from({ length: 10_001 }, () => chunk("tEXt", "k\0")))],
  ])("%s", (_, text) => {
    expect(failure(() => readPngText(png(head, text), "p.png"))).toMatchSnapshot();
  });
});
