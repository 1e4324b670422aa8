import { afterEach, describe, expect, test } from "vitest";
import type { Chunk, DeviceMemory } from "../src/memory/deviceMemory.ts";
import { fakeMemory } from "../src/memory/testing/fakeMemory.ts";
import type { Backend } from "../src/tensor/index.ts";
import { availableBackends } from "./backends.ts";

/** One table for every DeviceMemory: what the residency core relies on. Devices also read the bytes back by their own compute side. */
interface Subject {
  readonly memory: DeviceMemory;
  readonly backend?: Backend;
}
const subjects: { name: string; open(): Promise<Subject> }[] = [
  ...(await availableBackends()),
  { name: "fake, unified", open: async () => ({ memory: fakeMemory({ alignment: 32, unified: true }) }) },
  { name: "fake, discrete", open: async () => ({ memory: fakeMemory({ alignment: 32 }) }) },
];

describe.each(subjects)("$name", ({ open }) => {
  let subject: Subject | undefined;
  afterEach(async () => {
    await subject?.backend?.close();
    subject = undefined;
  });
  const start = async () => (subject = await open());
  const take = (memory: DeviceMemory, bytes: number): Chunk => {
    const chunk = memory.allocate(bytes);
    if (!chunk) throw new Error("no room");
    return chunk;
  };

  test("it says how places are aligned and how large a chunk can be", async () => {
    const { memory, backend } = await start();
    expect(Number.isInteger(Math.log2(memory.alignment))).toBe(true);
    expect(memory.maxChunkBytes).toBeGreaterThanOrEqual(2 ** 27);
    const { free, total } = memory.usage();
    expect(free).toBeLessThanOrEqual(total);
    if (backend) expect([memory.device, memory.alignment]).toEqual([backend.info.id, backend.info.alignment]);
  });

  test("uploads land in their place, piece by piece, and nowhere else", async () => {
    const { memory, backend } = await start();
    const a = memory.alignment;
    const chunk = take(memory, 5 * a);
    const other = take(memory, a);
    const place = (n: number, bytes: number) => ({ device: memory.device, chunk, offset: n * a, bytes });
    const everything = { ...place(0, 5 * a) };
    await memory.upload(everything, 0, new Uint8Array(5 * a).fill(1));
    await memory.upload({ device: memory.device, chunk: other, offset: 0, bytes: a }, 0, new Uint8Array(a).fill(9));
    const middle = place(2, 2 * a - 3);
    await Promise.all([
      memory.upload(middle, 0, new Uint8Array(5).fill(2)),
      memory.upload(middle, 5, new Uint8Array(2 * a - 8).fill(3)),
    ]);
    const wanted = new Uint8Array(5 * a).fill(1);
    wanted.fill(2, 2 * a, 2 * a + 5).fill(3, 2 * a + 5, 4 * a - 3);
    const mapped = memory.map(everything);
    if (mapped) expect(mapped).toEqual(wanted);
    if (backend) {
      expect(await backend.read(chunk, 0, 5 * a)).toEqual(wanted);
      expect(await backend.read(other, 0, a)).toEqual(new Uint8Array(a).fill(9));
    }
  });

  test("a mapped place is the device's memory", async () => {
    const { memory, backend } = await start();
    const chunk = take(memory, 4 * memory.alignment);
    const mapped = memory.map({ device: memory.device, chunk, offset: memory.alignment, bytes: 10 });
    if (!mapped) return expect(backend?.info.unified ?? false).toBe(false);
    expect(mapped.byteLength).toBe(10);
    mapped.fill(42);
    if (backend) expect(await backend.read(chunk, memory.alignment, 10)).toEqual(new Uint8Array(10).fill(42));
    return undefined;
  });

  test("a chunk given back is room again", async () => {
    const { memory } = await start();
    for (let i = 0; i < 40; i++) {
      const chunk = take(memory, 2 ** 20);
      memory.free(chunk);
    }
  });

  test("what lies outside a place, or in a chunk that is gone, is broken bookkeeping", async () => {
    const { memory } = await start();
    const chunk = take(memory, 4 * memory.alignment);
    const place = { device: memory.device, chunk, offset: memory.alignment, bytes: 8 };
    await expect(memory.upload(place, 1, new Uint8Array(8))).rejects.toThrow();
    memory.free(chunk);
    await expect(memory.upload(place, 0, new Uint8Array(8))).rejects.toThrow();
    expect(() => memory.free(chunk)).toThrow();
  });

  test("nothing is uploaded by an upload of nothing", async () => {
    const { memory } = await start();
    const chunk = take(memory, memory.alignment);
    await memory.upload({ device: memory.device, chunk, offset: 0, bytes: 4 }, 4, new Uint8Array(0));
    memory.free(chunk);
  });
});
