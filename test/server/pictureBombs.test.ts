import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { encodePng } from "../../src/formats/png.ts";
import { createApp } from "../../src/server/app.ts";
import { createPictureThread } from "../../src/server/pictures/pictureThread.ts";
import { fakeParts } from "../../src/server/testing/fakeParts.ts";
import { root } from "../cli/built.ts";

/**
 * Small files that would be large pictures, or take for ever: none may cost memory or the server's time. On the real thread with the real codecs.
 */
const worker = pathToFileURL(join(root, "dist/server/pictures/worker.js"));
const pictures = createPictureThread(worker);
afterAll(() => pictures.close());

const SIDE = 60_000;
const u16 = (...values: number[]) => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));

function crc(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}
/** 8 bits, RGB. `packed`: what the deflated stream holds. */
function png(width: number, height: number, packed: Uint8Array): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(packed)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
const segment = (marker: number, data: Uint8Array) =>
  Buffer.concat([Buffer.from([0xff, marker]), u16(data.length + 2), data]);
/** One component, progressive, each scan a pass over all blocks that costs the file 10 bytes. */
function jpeg(side: number, scans: number): Buffer {
  const table = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(15), Buffer.from([0])]);
  const first = segment(0xda, Buffer.from([1, 1, 0, 0, 0, 0x01]));
  const again = segment(0xda, Buffer.from([1, 1, 0, 0, 0, 0x10]));
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)])),
    segment(0xc2, Buffer.concat([Buffer.from([8]), u16(side, side), Buffer.from([1, 1, 0x11, 0])])),
    segment(0xc4, table),
    first,
    ...Array.from({ length: scans }, () => again),
    Buffer.from([0xff, 0xd9]),
  ]);
}
function webp(kind: "VP8X" | "VP8L", width: number, height: number): Buffer {
  const body = Buffer.alloc(30);
  body.write("RIFF", 0, "latin1");
  body.writeUInt32LE(22, 4);
  body.write("WEBP", 8, "latin1");
  body.write(kind, 12, "latin1");
  body.writeUInt32LE(10, 16);
  if (kind === "VP8X") {
    body.writeUIntLE(width - 1, 24, 3);
    body.writeUIntLE(height - 1, 27, 3);
  } else {
    body[20] = 0x2f;
    body.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0, 21);
  }
  return body;
}

const bombs: readonly [name: string, file: string, bytes: Buffer, why: RegExp][] = [
  ["a PNG", "a.png", png(SIDE, SIDE, Buffer.alloc(100)), /60000 x 60000 pixels, the limit is 67108864/],
  ["a PNG of the most that there is", "b.png", png(2 ** 31 - 1, 2 ** 31 - 1, Buffer.alloc(1)), /pixels, the limit is/],
  ["a JPEG", "c.jpg", jpeg(SIDE, 0), /60000 x 60000 pixels, the limit is 67108864/],
  ["a JPEG of 30,000 scans", "h.jpg", jpeg(8000, 30_000), /has 30001 scans, the limit is 100/],
  ["a WebP canvas", "d.webp", webp("VP8X", SIDE, SIDE), /60000 x 60000 pixels, the limit is 67108864/],
  ["a lossless WebP", "e.webp", webp("VP8L", 16_384, 16_384), /16384 x 16384 pixels, the limit is 67108864/],
  ["a PNG that holds a thousand times what it says", "f.png", png(8, 8, Buffer.alloc(256 * 2 ** 20)), /f\.png|picture/],
  ["a PNG under a JPEG's name", "g.jpg", png(SIDE, SIDE, Buffer.alloc(100)), /60000 x 60000 pixels/],
];

function world() {
  const parts = fakeParts({ pictures });
  const mistakes: unknown[] = [];
  const app = createApp(parts, (error) => mistakes.push(error));
  const ask = (path: string, init: RequestInit = {}) => app.request(path, { ...init, headers: { host: "127.0.0.1" } });
  const form = (name: string, bytes: Uint8Array, fields: Record<string, string> = {}) => {
    const data = new FormData();
    data.append("image", new File([bytes as Uint8Array<ArrayBuffer>], name));
    for (const [key, value] of Object.entries(fields)) data.append(key, value);
    return { method: "POST", body: data };
  };
  return { parts, mistakes, ask, form };
}

/** The most that this process may grow by over one of them: 60000 x 60000 would be 14 GB, and 8192 x 8192 a quarter of one. */
const GROWTH = 128 * 2 ** 20;

describe.each(bombs)("%s of few bytes", (_, file, bytes, why) => {
  test("is stored by /upload/image as any bytes are, and refused by /view and /upload/mask, with the numbers and without the memory", async () => {
    const { parts, mistakes, ask, form } = world();
    expect(bytes.length).toBeLessThan(2 ** 19);
    const stored = await ask("/upload/image", form(file, bytes));
    expect([stored.status, await stored.json()]).toEqual([200, { name: file, subfolder: "", type: "input" }]);
    // The first task starts the thread and its codecs.
    mkdirSync(parts.folders.input, { recursive: true });
    const small = encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(12) });
    writeFileSync(join(parts.folders.input, "small.png"), small);
    expect((await ask("/view?filename=small.png&type=input&preview=webp")).status).toBe(200);

    const before = process.memoryUsage().rss;
    for (const query of ["preview=webp", "preview=jpeg;90", "channel=a"]) {
      const answer = await ask(`/view?filename=${file}&type=input&${query}`);
      const { error } = (await answer.json()) as { error: string };
      expect([query, answer.status, error]).toEqual([query, 400, expect.stringMatching(why)]);
    }
    const reference = (filename: string) => ({ original_ref: JSON.stringify({ filename, type: "input" }) });
    for (const [name, content, original] of [
      ["mask.png", small, file],
      ["mask.png", bytes, "small.png"],
    ] as const) {
      const answer = await ask("/upload/mask", form(name, content, reference(original)));
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: expect.any(String) }]);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH);
    expect(mistakes).toEqual([]);
  });
});

/** A thread that never ends the task of one name, and does any other at once. */
const STUCK = `import { parentPort } from "node:worker_threads";
parentPort.on("message", ({ id, task }) => {
  while (task.name === "stuck");
  parentPort.postMessage({ id, result: { ok: true, type: "webp", bytes: new Uint8Array(1) } });
});`;

test("a picture that takes for ever costs its own result and nothing else: the thread is ended, the next task has a new one", async () => {
  const own = createPictureThread(new URL(`data:text/javascript,${encodeURIComponent(STUCK)}`), 3000);
  try {
    const task = { kind: "convert", channels: "rgb", format: "webp", quality: 80, bytes: new Uint8Array(1) } as const;
    const [stuck, next] = await Promise.all([
      own.run({ ...task, name: "stuck" }),
      own.run({ ...task, name: "the next" }),
    ]);
    expect(stuck).toEqual({ ok: false, message: "the picture took longer than 3 s" });
    expect(next).toMatchObject({ ok: true, type: "webp" });
  } finally {
    await own.close();
  }
});
