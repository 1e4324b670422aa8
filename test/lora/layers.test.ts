import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppliedLora, type LoraModel, openLora } from "../../src/models/lora/index.ts";
import type { FindTarget, Target } from "../../src/models/lora/target.ts";
import type { Model } from "../../src/models/model.ts";
import { type Adapters, toldOf, withLora } from "../../src/nodes/loaders/adapters.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { linear, slice } from "../../src/tensor/index.ts";
import type { PassDef } from "../../src/tensor/stage.ts";
import { availableBackends } from "../backends.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { bytesOf, exact, KINDS, type Kind, type Merge, makeAdapter, memorySource, numbers } from "./loraFiles.ts";

/** One layer of 48 x 32, as a model of its own; what it makes of the identity is its weight as runs see it, row by column. */
const [ROWS, COLUMNS] = [48, 32];
const random = numbers(7);
const stored = Float64Array.from({ length: ROWS * COLUMNS }, () => exact(random() / 3));
const scales = Float64Array.from({ length: ROWS }, () => exact(1 + random() / 2));

/** A layer as it is in a file: plain, or with a scale for each row as quantised files have them. */
interface Base {
  readonly model: Model;
  /** What it computes with. */
  readonly weight: Float64Array;
}
function baseOf(scaled: boolean): Base {
  const source = memorySource(scaled ? "scaled" : "plain", [
    { name: "w", encoding: "BF16", shape: [ROWS, COLUMNS], data: bytesOf("BF16", stored) },
    { name: "s", encoding: "F32", shape: [ROWS], data: bytesOf("F32", scales) },
  ]);
  const decl = (name: string, role: "matrix" | "vector") => {
    const entry = source.tensors.get(name)!;
    return { name, entry, role, shape: entry.shape };
  };
  const weights = scaled ? [{ ...decl("w", "matrix"), scale: "s" }, decl("s", "vector")] : [decl("w", "matrix")];
  const weight = scaled ? stored.map((value, i) => value * scales[Math.floor(i / COLUMNS)]!) : stored;
  return { model: { kind: "layer", source, weights }, weight };
}

/** In one product, or in three of 16 rows, as blocks that work in pieces do. */
const pass = (pieces: boolean): PassDef => ({
  key: `layer ${pieces}`,
  carried: {
    x: { dtype: "f32", shape: [1, COLUMNS, COLUMNS] },
    ...Object.fromEntries([0, 1, 2].map((n) => [`y${n}`, { dtype: "f32", shape: [1, COLUMNS, pieces ? 16 : ROWS] }])),
  },
  inputs: ["x"],
  outputs: pieces ? ["y0", "y1", "y2"] : ["y0"],
  stages: [
    {
      name: "layer",
      build(g) {
        const w = g.weight("w");
        if (!pieces) g.write("y0", linear(g.carried("x"), w));
        else for (const n of [0, 1, 2]) g.write(`y${n}`, linear(g.carried("x"), slice(w, 0, 16 * n, 16)));
      },
    },
  ],
});

const identity = new Float32Array(COLUMNS * COLUMNS).map((_, i) => (i % (COLUMNS + 1) === 0 ? 1 : 0));

/** One LoRA of a stack: what kind, on which rows, how strong. */
interface Layered {
  readonly kind: Kind;
  readonly strength: number;
  readonly target?: Omit<Target, "weight">;
}

let serial = 0;

async function effective(
  runtime: Runtime,
  base: Model,
  stack: readonly Layered[],
  pieces: boolean,
): Promise<Float32Array> {
  const loaded = runtime.load(base);
  let adapters: Adapters | undefined;
  for (const [n, { kind, strength, target }] of stack.entries()) {
    const { tensors } = makeAdapter(kind, "layer", target?.rows?.count ?? ROWS, COLUMNS, n + 1);
    const lora = runtime.load(await openLora(memorySource(`${kind} ${n} ${serial++}`, tensors))).model as LoraModel;
    const find: FindTarget = (stem) => (stem === "layer" ? { weight: "w", ...target } : undefined);
    const changed = withLora(runtime, base, find, adapters, lora, strength);
    expect(changed.fit.patches.length).toBe(1);
    adapters = changed.adapters;
  }
  const run = await loaded.begin([pass(pieces)], { repeat: 1, ...toldOf(adapters) });
  const [outputs] = await run.pass([{ x: identity }]);
  run.end();
  const w = new Float32Array(ROWS * COLUMNS);
  let first = 0;
  for (const y of Object.keys(outputs!)
    .sort()
    .map((name) => outputs![name]!)) {
    const rows = y.length / COLUMNS;
    for (let c = 0; c < COLUMNS; c++) for (let r = 0; r < rows; r++) w[(first + r) * COLUMNS + c] = y[c * rows + r]!;
    first += rows;
  }
  return w;
}

/** The same by definition: matrices merged one after the other, rows and halves where they belong. */
function merged(weight: Float64Array, stack: readonly Layered[]): Float64Array {
  let w = weight;
  for (const [n, { kind, strength, target }] of stack.entries()) {
    const { first, count } = target?.rows ?? { first: 0, count: ROWS };
    const merge: Merge = makeAdapter(kind, "layer", count, COLUMNS, n + 1).merge;
    const part = w.slice(first * COLUMNS, (first + count) * COLUMNS);
    const swap = (values: Float64Array) =>
      target?.order === undefined
        ? values
        : Float64Array.of(...values.slice(values.length / 2), ...values.slice(0, values.length / 2));
    const next = w.slice();
    // what is added changes places, not what it is added to
    next.set(swap(merge(swap(part), strength)), first * COLUMNS);
    w = next;
  }
  return w;
}

const worst = (got: Float32Array, want: Float64Array): number =>
  got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!) / (1 + Math.abs(want[i]!))), 0);

const q = { rows: { first: 0, count: 16 } };
const k = { rows: { first: 16, count: 16 } };
const one = (kind: Kind, strength = 0.8, target?: Layered["target"]): Layered => ({
  kind,
  strength,
  ...(target && { target }),
});
const STACKS: readonly (readonly [name: string, stack: readonly Layered[]])[] = [
  ...KINDS.map((kind) => [kind, [one(kind)]] as const),
  ...KINDS.map((kind) => [`${kind} at strength 1`, [one(kind, 1)]] as const),
  ...KINDS.map((kind) => [`${kind} at strength -0.5 on some rows`, [one(kind, -0.5, k)]] as const),
  ["a stack of four", [one("lora"), one("lokr", -0.3), one("loha", 0.2), one("lora bf16", 1.5)]],
  ["q, k apart", [one("lora", 0.8, q), one("lora", 0.7, k)]],
  ["halves that change places", [one("lora", 0.8, { order: { kind: "halves" } })]],
  ["DoRA on a LoRA", [one("lora"), one("dora", 0.6)]],
  ["DoRA on two LoRAs, one at rest", [one("lora"), one("diff", 0), one("lokr", 0.4), one("dora", 0.6)]],
  ["a LoRA on a DoRA", [one("dora"), one("lora", 0.6)]],
  ["DoRA on DoRA", [one("dora"), one("dora", 0.6)]],
  ["DoRA on DoRA on LoRA", [one("lora"), one("dora"), one("lora"), one("dora", 1)]],
  ["DoRA by columns on a LoRA", [one("lora"), one("dora by columns", 0.6)]],
  ["LoRA on DoRA by columns", [one("dora by columns", 0.6), one("lora")]],
  ["DoRA of all rows on a LoRA of some", [one("lora", 0.8, k), one("dora", 0.6)]],
  ["DoRA of some rows on a LoRA of all", [one("lora"), one("dora", 0.6, k)]],
  ["GLoRA on a LoRA and on a DoRA", [one("lora"), one("dora", 0.5), one("glora", 0.6)]],
  ["GLoRA on GLoRA of some rows, a LoRA on both", [one("glora", 0.7, k), one("glora of old", 0.5), one("lora", 0.4)]],
  ["set under others", [one("lora"), one("set"), one("lora", 0.3), one("dora", 0.5)]],
  ["set at strength 0", [one("set", 0)]],
  ["nothing at strength 0", [one("lora", 0), one("dora", 0)]],
];

const backends = (await availableBackends()).filter(({ name }) => name === "reference" || name === "cpu");

describe.each(backends.flatMap(({ name }) => [false, true].map((scaled) => ({ name, scaled }))))(
  "what runs see of a layer under LoRAs, on $name, scaled: $scaled",
  ({ name, scaled }) => {
    const { model, weight } = baseOf(scaled);
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await openRuntime(name);
    });
    afterAll(() => runtime.close());

    test.each(STACKS)("%s", async (_, stack) => {
      const want = merged(weight, stack);
      expect(worst(await effective(runtime, model, stack, false), want)).toBeLessThan(2e-6);
      expect(worst(await effective(runtime, model, stack, true), want)).toBeLessThan(2e-6);
      const idle = stack.every(({ kind, strength }) => strength === 0 && kind !== "set");
      const moved = worst(Float32Array.from(weight), want);
      if (idle) expect(moved).toBeLessThan(1e-7);
      else expect(moved).toBeGreaterThan(0.01);
    });
  },
);

test.each(["dora by columns", "glora"] as const)(
  "a DoRA whose lengths an earlier %s hides is left out, and told",
  async (earlier) => {
    const runtime = { load: (model: Model) => ({ model }) } as unknown as Runtime;
    const open = async (kind: Kind, n: number) =>
      openLora(memorySource(`${kind} ${n}`, makeAdapter(kind, "layer", ROWS, COLUMNS, n).tensors));
    const find: FindTarget = () => ({ weight: "w" });
    const base = baseOf(false).model;
    const first = withLora(runtime, base, find, undefined, await open(earlier, 1), 1);
    const stack: readonly AppliedLora[] = first.adapters!.stack;
    expect(stack.length).toBe(1);
    const second = withLora(runtime, base, find, first.adapters, await open("dora", 2), 1);
    expect(second.fit.overDora.map(({ stem }) => stem)).toEqual(["layer"]);
    expect(second.adapters).toBe(first.adapters);
  },
);
