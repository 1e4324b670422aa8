import { setImmediate } from "node:timers";
import { expect, test } from "vitest";
import {
  add,
  type Bindings,
  ComputeFailed,
  type DeviceBuffer,
  Graph,
  getRows,
  Interrupted,
  mulMat,
  type Program,
  reshape,
  type Tensor,
  type TensorSpec,
} from "../tensor/index.ts";
import { createReferenceBackend } from "./createReferenceBackend.ts";

const f32 = (...shape: number[]): TensorSpec => ({ dtype: "f32", shape });
const bytesOf = (values: Float32Array | Int32Array): Uint8Array => new Uint8Array(values.buffer);
const floats = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];

function program(specs: Record<string, TensorSpec>, build: (g: Graph) => void): Program {
  const g = new Graph({ name: "stage", weight: (n) => specs[n], carried: (n) => specs[n], castWeights: false });
  build(g);
  return g.finish();
}

/** A device with carried tensors at the values given. */
async function device(values: Record<string, Float32Array | Int32Array>) {
  const { backend, memory } = createReferenceBackend();
  const buffers = new Map<string, DeviceBuffer>();
  for (const [name, value] of Object.entries(values)) {
    const buffer = backend.allocate(value.byteLength)!;
    buffers.set(name, buffer);
    await backend.write(buffer, 0, bytesOf(value));
  }
  const bindings: Bindings = {
    weight: (name) => ({ buffer: buffers.get(name)!, offset: 0 }),
    carried: (name) => ({ buffer: buffers.get(name)!, offset: 0 }),
  };
  const read = async (name: string) => floats(await backend.read(buffers.get(name)!, 0, buffers.get(name)!.bytes));
  return { backend, memory, bindings, buffers, read };
}

const double = program({ x: f32(2), y: f32(2) }, (g) => g.write("y", add(g.carried("x"), g.carried("x"))));

/** Long enough that something can happen meanwhile. */
const long = program({ x: f32(256, 256), y: f32(256, 256) }, (g) => {
  let x: Tensor = g.carried("x");
  for (let i = 0; i < 12; i++) x = mulMat(g.carried("x"), x);
  g.write("y", x);
});
const square = () => new Float32Array(256 * 256);

test("programs run in the order in which they came, and reads wait for them", async () => {
  const { backend, bindings, read } = await device({
    x: Float32Array.of(1, 2),
    y: new Float32Array(2),
    z: new Float32Array(2),
  });
  const again = program({ y: f32(2), z: f32(2) }, (g) => g.write("z", add(g.carried("y"), g.carried("y"))));
  expect(backend.reserveActivations(Math.max(backend.activationBytes(double), backend.activationBytes(again)))).toBe(
    true,
  );
  const first = backend.submit(double, bindings);
  const second = backend.submit(again, bindings);
  expect(first.done).toBe(false);
  expect(await read("z")).toEqual([4, 8]);
  expect([first.done, second.done]).toEqual([true, true]);
});

test("a weight's place binds as it is", async () => {
  const { backend, memory, bindings, read } = await device({ x: Float32Array.of(1, 2, 3, 4), y: new Float32Array(1) });
  const chunk = memory.allocate(1024)!;
  const place = { device: memory.device, chunk, offset: 64, bytes: 16 };
  await memory.upload(place, 0, bytesOf(Float32Array.of(1, 0)));
  await memory.upload(place, 8, bytesOf(Float32Array.of(10, 0.5)));
  expect(floats(memory.map(place)!)).toEqual([1, 0, 10, 0.5]);
  const dot = program({ w: f32(1, 4), x: f32(4), y: f32(1) }, (g) =>
    g.write("y", mulMat(g.weight("w"), g.carried("x"))),
  );
  backend.reserveActivations(backend.activationBytes(dot));
  await backend.submit(dot, { ...bindings, weight: () => ({ buffer: place.chunk, offset: place.offset }) }).finished;
  expect(await read("y")).toEqual([33]);
});

test("one memory, and no room is a value", () => {
  const { backend, memory } = createReferenceBackend({ memoryBytes: 1000 });
  const chunk = memory.allocate(600)!;
  expect(memory.usage()).toEqual({ free: 400, total: 1000 });
  expect(backend.allocate(401)).toBeNull();
  expect(backend.reserveActivations(401)).toBe(false);
  expect(backend.reserveActivations(300)).toBe(true);
  expect(memory.allocate(101)).toBeNull();
  const buffer = backend.allocate(100)!;
  expect(backend.info.memoryFree).toBe(0);
  backend.free(buffer);
  memory.free(chunk);
  backend.reserveActivations(0);
  expect(memory.usage().free).toBe(1000);
  expect(() => memory.free(chunk)).toThrowErrorMatchingInlineSnapshot(
    `[Error: invariant: a buffer that is not of this device, or freed before]`,
  );
});

test("the event loop turns while it computes", async () => {
  const { backend, bindings } = await device({ x: square(), y: square() });
  backend.reserveActivations(backend.activationBytes(long));
  let turns = 0;
  let running = true;
  const turn = () => {
    turns++;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await backend.submit(long, bindings).finished;
  running = false;
  expect(turns).toBeGreaterThanOrEqual(long.order.length);
});

test("an interrupt stops what was submitted, and nothing later", async () => {
  const { backend, bindings, read } = await device({ x: square(), y: square() });
  backend.reserveActivations(Math.max(backend.activationBytes(long), backend.activationBytes(double)));
  const running = backend.submit(long, bindings);
  const waiting = backend.submit(long, bindings);
  setImmediate(() => backend.interrupt());
  await expect(running.finished).rejects.toBeInstanceOf(Interrupted);
  await expect(waiting.finished).rejects.toBeInstanceOf(Interrupted);
  expect(running.done).toBe(true);
  await backend.submit(long, bindings).finished;
  expect((await read("y")).every((value) => value === 0)).toBe(true);
});

test("bindings are asked when a program is submitted", async () => {
  const { backend, bindings, read } = await device({ x: Float32Array.of(1, 2), y: new Float32Array(2) });
  backend.reserveActivations(1024);
  let leased = true;
  const lease: Bindings = {
    ...bindings,
    carried: (name) => {
      if (!leased) throw new Error("the lease is over");
      return bindings.carried(name);
    },
  };
  backend.submit(double, lease);
  leased = false;
  expect(await read("y")).toEqual([2, 4]);
});

test("a failure names the program and leaves the device usable", async () => {
  const { backend, bindings, read } = await device({
    table: new Float32Array(6),
    rows: Int32Array.of(7),
    out: new Float32Array(2),
    x: Float32Array.of(1, 2),
    y: new Float32Array(2),
  });
  const gather = program({ table: f32(3, 2), rows: { dtype: "i32", shape: [1] }, out: f32(2) }, (g) =>
    g.write("out", reshape(getRows(g.carried("table"), g.carried("rows")), [2])),
  );
  backend.reserveActivations(1024);
  const failed = backend.submit(gather, bindings).finished;
  await expect(failed).rejects.toThrowErrorMatchingInlineSnapshot(`[ComputeFailed: stage: row 7 of a table of 3]`);
  await expect(failed).rejects.toBeInstanceOf(ComputeFailed);
  await backend.submit(double, bindings).finished;
  expect(await read("y")).toEqual([2, 4]);
});

test("broken bookkeeping stops at once", async () => {
  const { backend, bindings, buffers } = await device({ x: Float32Array.of(1, 2), y: new Float32Array(2) });
  expect(() => backend.submit(double, bindings)).toThrowErrorMatchingInlineSnapshot(
    `[Error: invariant: stage needs 32 bytes of activations, 0 are reserved]`,
  );
  await expect(backend.read(buffers.get("x")!, 4, 8)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: invariant: 8 bytes at 4 of a buffer of 8]`,
  );
  backend.reserveActivations(1024);
  const short = backend.allocate(4)!;
  const tooShort: Bindings = { ...bindings, carried: () => ({ buffer: short, offset: 0 }) };
  expect(() => backend.submit(double, tooShort)).toThrowErrorMatchingInlineSnapshot(
    `[Error: invariant: x of 8 bytes at 0 of a buffer of 4]`,
  );
  const freed = backend.allocate(8)!;
  backend.free(freed);
  const gone: Bindings = { ...bindings, carried: () => ({ buffer: freed, offset: 0 }) };
  expect(() => backend.submit(double, gone)).toThrowErrorMatchingInlineSnapshot(
    `[Error: invariant: a buffer that is not of this device, or was freed]`,
  );
});
