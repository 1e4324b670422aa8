import { afterEach, beforeAll, expect, test } from "vitest";
import { type Bindings, type DeviceBuffer, Interrupted } from "../tensor/backend.ts";
import { byteLength, elements, type TensorSpec } from "../tensor/dtype.ts";
import { Graph, type Tensor } from "../tensor/graph.ts";
import { add, concat, linear, mul, mulMat, scale, silu, softMax } from "../tensor/ops/index.ts";
import { planActivations } from "../tensor/planActivations.ts";
import type { Program } from "../tensor/program.ts";
import { type GgmlLibrary, liveBufferBytes, type OpenDevice, openGgml } from "./index.ts";

let library: GgmlLibrary;
let device: OpenDevice | undefined;
beforeAll(async () => {
  library = await openGgml();
});
afterEach(async () => {
  await device?.backend.close();
  device?.memory.close();
  device = undefined;
  expect(liveBufferBytes()).toBe(0);
});
const open = (threads?: number): OpenDevice => (device = library.open("cpu", threads ? { threads } : {}));

function program(
  name: string,
  specs: Record<string, readonly number[]>,
  dtype: TensorSpec["dtype"],
  make: (g: Graph) => void,
): Program {
  const spec = (key: string): TensorSpec => ({ dtype: key.startsWith("w") ? dtype : "f32", shape: specs[key]! });
  const g = new Graph({ name, castWeights: false, weight: spec, carried: spec });
  make(g);
  return g.finish();
}

/** Buffers of their own for every leaf, filled with small numbers that differ. */
async function bind(
  { backend }: OpenDevice,
  p: Program,
): Promise<Bindings & { readonly buffers: Map<string, DeviceBuffer> }> {
  const buffers = new Map<string, DeviceBuffer>();
  for (const leaf of p.tensors) {
    if (leaf.kind === "node") continue;
    const buffer = backend.allocate(byteLength(leaf))!;
    const values = Float32Array.from({ length: elements(leaf.shape) }, (_, i) => Math.sin(i * 0.7 + leaf.name.length));
    const bf16 = Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16);
    await backend.write(buffer, 0, new Uint8Array(leaf.dtype === "f32" ? values.buffer : bf16.buffer));
    buffers.set(leaf.name, buffer);
  }
  const find = (name: string) => ({ buffer: buffers.get(name)!, offset: 0 });
  return { buffers, weight: find, carried: find };
}

const block = (name: string, tokens: number, width: number, dtype: TensorSpec["dtype"] = "f32") =>
  program(name, { x: [tokens, width], w1: [width, width], w2: [width, width], y: [tokens, width] }, dtype, (g) => {
    const x = g.carried("x");
    g.write("y", add(x, linear(silu(linear(softMax(x, 1), g.weight("w1"))), g.weight("w2"))));
  });

/** Two programs with equal counts of nodes and leaves and equal sizes, but other edges. */
const twins = ["first", "second"].map((name) =>
  program(name, { x: [64, 64], w1: [64, 64], y: [64, 64] }, "f32", (g) => {
    const x = g.carried("x");
    const a = mulMat(g.weight("w1"), x);
    const b = mulMat(g.weight("w1"), a);
    const c = mulMat(g.weight("w1"), b);
    g.write("y", name === "first" ? mul(add(scale(c, 2), b), a) : mul(add(scale(a, 2), c), b));
  }),
);

test("activations are measured as the planner lays them out, work memory comes on top", () => {
  const { backend } = open();
  for (const p of [block("a", 7, 33), block("b", 100, 64, "bf16"), ...twins]) {
    const plan = planActivations(p, { alignment: backend.info.alignment });
    expect(backend.measureActivations(p)).toBe(plan.bytes);
    expect(backend.activationBytes(p)).toBeGreaterThanOrEqual(plan.bytes);
  }
  // bf16 products round the activations into work memory, a row of 64 values each
  expect(
    backend.activationBytes(block("b", 100, 64, "bf16")) - backend.measureActivations(block("b", 100, 64, "bf16")),
  ).toBeGreaterThanOrEqual(100 * 64 * 2);
});

test("programs that only look alike each get a layout of their own", async () => {
  const { backend } = open();
  expect(backend.reserveActivations(Math.max(...twins.map((p) => backend.activationBytes(p))))).toBe(true);
  const alone: string[] = [];
  for (const p of twins) alone.push(await runOnce(p, p));
  const mixed: string[] = [];
  for (const p of [twins[0]!, twins[1]!, twins[0]!, twins[1]!]) mixed.push(await runOnce(p, twins[1]!));
  expect(mixed).toEqual([alone[0], alone[1], alone[0], alone[1]]);
  expect(alone[0]).not.toBe(alone[1]);

  async function runOnce(p: Program, before: Program): Promise<string> {
    const first = await bind(device!, before);
    await backend.submit(before, first).finished;
    const b = await bind(device!, p);
    await backend.submit(p, b).finished;
    return Buffer.from(await backend.read(b.buffers.get("y")!, 0, 64 * 64 * 4)).toString("base64");
  }
});

test("every byte is counted: weights, carried tensors, activations with work memory", async () => {
  const { backend, memory } = open();
  const p = block("block", 16, 32, "bf16");
  const chunk = memory.allocate(4096)!;
  const carried = backend.allocate(1000)!;
  const bytes = backend.activationBytes(p);
  expect(backend.reserveActivations(bytes)).toBe(true);
  expect(liveBufferBytes()).toBe(4096 + 1000 + bytes);
  expect(backend.reserveActivations(2 * bytes)).toBe(true);
  expect(liveBufferBytes()).toBe(4096 + 1000 + 2 * bytes);
  expect(backend.reserveActivations(0)).toBe(true);
  memory.free(chunk);
  backend.free(carried);
  expect(liveBufferBytes()).toBe(0);
});

test("a terabyte is no room, not an end", () => {
  const { backend, memory } = open();
  expect(memory.allocate(1e12)).toBeNull();
  expect(backend.allocate(1e12)).toBeNull();
  expect(backend.reserveActivations(1e12)).toBe(false);
  expect(liveBufferBytes()).toBe(0);
});

test("a mapped place is the memory that is computed with, and none is handed out after its chunk", async () => {
  const { backend, memory } = open();
  const p = program("double", { x: [8], y: [8] }, "f32", (g) => g.write("y", scale(g.carried("x"), 2)));
  const chunk = memory.allocate(256)!;
  const place = { device: "cpu", chunk, offset: 64, bytes: 32 };
  const view = memory.map(place)!;
  view.set(new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer));
  await memory.upload(place, 4, new Uint8Array(Float32Array.of(20).buffer));
  const y = backend.allocate(32)!;
  backend.reserveActivations(backend.activationBytes(p));
  await backend.submit(p, {
    weight: () => ({ buffer: chunk, offset: 0 }),
    carried: (name) => (name === "x" ? { buffer: place.chunk, offset: place.offset } : { buffer: y, offset: 0 }),
  }).finished;
  expect([...new Float32Array((await backend.read(y, 0, 32)).buffer)]).toEqual([2, 40, 6, 8, 10, 12, 14, 16]);
  memory.free(chunk);
  expect(() => memory.map(place)).toThrow(/invariant/);
});

test("the CPU can play a device of its own", async () => {
  const discrete = await openGgml({ discreteCpu: true });
  device = discrete.open("cpu");
  expect(device.backend.info.unified).toBe(false);
  const chunk = device.memory.allocate(64)!;
  expect(device.memory.map({ device: "cpu", chunk, offset: 0, bytes: 64 })).toBeNull();
  await device.memory.upload({ device: "cpu", chunk, offset: 0, bytes: 64 }, 0, new Uint8Array(64).fill(7));
  expect(await device.backend.read(chunk, 62, 2)).toEqual(new Uint8Array([7, 7]));
});

test("a program for which nothing was reserved is refused before ggml sees it", async () => {
  const { backend } = open();
  const p = block("block", 4, 32);
  const b = await bind(device!, p);
  await expect(backend.submit(p, b).finished).rejects.toThrow(
    /invariant: block needs \d+ bytes of activations, 0 are reserved/,
  );
});

test("bytes are the same with one thread and with two", async () => {
  const p = block("big", 512, 512); // enough flops for threads
  const results: Buffer[] = [];
  for (const threads of [1, 2]) {
    open(threads);
    const { backend } = device!;
    backend.reserveActivations(backend.activationBytes(p));
    const b = await bind(device!, p);
    await backend.submit(p, b).finished;
    results.push(Buffer.from(await backend.read(b.buffers.get("y")!, 0, 512 * 512 * 4)));
    await backend.close();
  }
  expect(p.flops).toBeGreaterThan(2e8);
  expect(results[0]!.equals(results[1]!)).toBe(true);
});

/** Some seconds of work: n products of 768 x 768 matrices. */
function long(n: number): Program {
  const size = 768;
  return program("long", { x: [size, size], w: [size, size], y: [size, size] }, "f32", (g) => {
    let x: Tensor = g.carried("x");
    for (let i = 0; i < n; i++) x = scale(mulMat(g.weight("w"), x), 1 / size);
    g.write("y", x);
  });
}

test("a long graph leaves the event loop free, and an interrupt ends it with those behind it", async () => {
  const { backend } = open();
  const p = long(400);
  backend.reserveActivations(backend.activationBytes(p));
  const b = await bind(device!, p);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  try {
    const running = backend.submit(p, b);
    const waiting = backend.submit(p, b);
    const ends = Promise.allSettled([running.finished, waiting.finished]);
    while (ticks < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(running.done).toBe(false); // 20 turns of the loop went by while it computed
    backend.interrupt();
    for (const end of await ends) expect(end.status === "rejected" && end.reason).toBeInstanceOf(Interrupted);
    expect([running.done, waiting.done]).toEqual([true, true]);
  } finally {
    clearInterval(timer);
  }
  const short = long(1);
  await backend.submit(short, b).finished; // what is submitted afterwards runs
});

test("an interrupt with nothing under way stops nothing", async () => {
  const { backend } = open();
  const p = block("block", 4, 32);
  backend.reserveActivations(backend.activationBytes(p));
  const b = await bind(device!, p);
  backend.interrupt();
  await backend.submit(p, b).finished;
});

test("submissions run in order, reads and writes between them", async () => {
  const { backend } = open();
  const p = program("plus", { x: [2], z: [2], y: [4] }, "f32", (g) =>
    g.write("y", concat(scale(g.carried("x"), 2), g.carried("z"), 0)),
  );
  backend.reserveActivations(backend.activationBytes(p));
  const b = await bind(device!, p);
  const at = (name: string) => b.buffers.get(name)!;
  const bytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const seen: Promise<Uint8Array>[] = [];
  for (let i = 0; i < 5; i++) {
    backend.write(at("x"), 0, bytes(i, i));
    backend.write(at("z"), 0, bytes(10 * i, 0));
    backend.submit(p, b);
    seen.push(backend.read(at("y"), 0, 16));
  }
  const values = (await Promise.all(seen)).map((data) => [...new Float32Array(data.buffer)]);
  expect(values).toEqual([0, 1, 2, 3, 4].map((i) => [2 * i, 2 * i, 10 * i, 0]));
});
