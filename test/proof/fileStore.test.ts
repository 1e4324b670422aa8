import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { createFileStore } from "../../src/runtime/fileStore.ts";

const folder = mkdtempSync(path.join(tmpdir(), "weir-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** More than the store widens at a time, so that it takes several turns, and no whole number of them. */
const COUNT = 3_000_001;

test.each([
  // Value i in bf16: its bits are the upper half of the f32's.
  ["BF16", (bits: number) => bits << 16] as const,
  // Only normal numbers, so that the exponent moves by 127 - 15 and the rest by 13 bits.
  ["F16", (bits: number) => ((bits & 0x8000) << 16) | (((bits & 0x7fff) << 13) + (112 << 23))] as const,
])("a long %s vector is widened alike, whole and in pieces", { timeout: 300_000 }, async (encoding, widen) => {
  // A period that no piece is a multiple of.
  const bits = Uint16Array.from({ length: COUNT }, (_, i) => 0x3000 + ((i * 7919) % 4091));
  const file = path.join(folder, `${encoding}.safetensors`);
  await writeSafetensors(file, [{ name: "v", encoding, shape: [COUNT], data: new Uint8Array(bits.buffer) }]);
  const wanted = new Uint8Array(Uint32Array.from(bits, widen).buffer);
  const source = await openSafetensors(file);
  const store = createFileStore();
  store.add(0, { source, name: "v", form: { dtype: "f32", shape: [COUNT], bytes: 4 * COUNT, from: encoding } });
  const whole = new Uint8Array(4 * COUNT);
  await store.fill(0, 0, whole);
  expect(Buffer.compare(whole, wanted)).toBe(0);
  const pieces = new Uint8Array(4 * COUNT);
  for (const [from, to] of [
    [0, 4096],
    [4096, 9_000_000],
    [9_000_000, 4 * COUNT],
  ] as const)
    await store.fill(0, from, pieces.subarray(from, to));
  expect(Buffer.compare(pieces, wanted)).toBe(0);
  await source.close();
});
