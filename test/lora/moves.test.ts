import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { openGgml } from "../../src/ggml/index.ts";
import { type Flux2Model, flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import { flux2Targets, type LoraModel, openLora } from "../../src/models/lora/index.ts";
import { type Adapters, toldOf, withLora } from "../../src/nodes/loaders/adapters.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import type { LoadedModel, Runtime } from "../../src/runtime/runtime.ts";
import { writeFlux2File } from "../support/flux2File.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { KINDS, type Kind, makeAdapter } from "./loraFiles.ts";

/** A transformer of 128 wide with LoRAs over most of its layers: what moves, and that nothing else decides a bit of the result. */
/** So many single blocks that a double block is less than a tenth. */
const SIZES = { hidden: 128, double: 2, single: 28, context: 32 };
const LAYERS: readonly (readonly [stem: string, rows: number, columns: number])[] = [
  ["double_blocks.0.img_attn.qkv", 384, 128],
  ["double_blocks.1.txt_mlp.0", 768, 128],
  ["double_blocks.1.img_attn.proj", 128, 128],
  ["single_blocks.0.linear1", 1152, 128],
  ["single_blocks.2.linear2", 128, 512],
  ["single_stream_modulation.lin", 384, 128],
  ["final_layer.linear", 128, 128],
];
const SHAPE = { batch: 1, height: 3, width: 4, textTokens: 5 };
const folder = mkdtempSync(path.join(tmpdir(), "weir-lora-"));
const file = (name: string) => path.join(folder, `${name}.safetensors`);
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A file with that kind on every layer, as many bytes as its factors. */
async function writeLora(name: string, kinds: readonly Kind[], seed: number): Promise<void> {
  const tensors = LAYERS.flatMap(([stem, rows, columns], n) => {
    const kind = kinds[n % kinds.length]!;
    return makeAdapter(kind, `diffusion_model.${stem}`, rows, columns, seed + n).tensors;
  });
  await writeSafetensors(file(name), tensors);
}

beforeAll(async () => {
  await writeFlux2File(file("base"), SIZES);
  await writeFlux2File(file("other"), { ...SIZES, single: 1 });
  await writeLora("first", ["lora"], 1);
  await writeLora("second", ["lora bf16"], 100);
  await writeLora("all kinds", KINDS, 200);
  await writeLora("dora", ["dora"], 300);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Session {
  readonly runtime: Runtime;
  readonly model: Flux2Model;
  readonly loaded: LoadedModel;
  lora(name: string): Promise<LoraModel>;
  /** Three passes under a stack: a digest of their outputs, and bytes moved while they ran. */
  draw(...stack: readonly (readonly [name: string, strength: number])[]): Promise<{ bits: string; moved: number }>;
}

const open = async (options: Parameters<typeof openRuntime>[1] = {}): Promise<Session> =>
  openOn(await openRuntime("cpu", options));

async function openOn(runtime: Runtime): Promise<Session> {
  const loaded = runtime.load(openFlux2(await openSafetensors(file("base"))));
  const model = loaded.model as Flux2Model;
  const inputs = flux2Inputs(model.dims, SHAPE, {
    x: new Float32Array(128 * 12).map((_, i) => Math.sin(i)),
    sigma: [0.7],
    context: new Float32Array(5 * 32).map((_, i) => Math.cos(i)),
  });
  const lora = async (name: string) =>
    runtime.load(await openLora(await openSafetensors(file(name)))).model as LoraModel;
  return {
    runtime,
    model,
    loaded,
    lora,
    async draw(...stack) {
      let adapters: Adapters | undefined;
      for (const [name, strength] of stack) {
        const changed = withLora(runtime, model, flux2Targets(model), adapters, await lora(name), strength);
        expect(changed.fit).toMatchObject({ unknown: [], mismatched: [], overDora: [] });
        adapters = changed.adapters;
      }
      const before = runtime.stats().counters.movedBytes;
      const run = await loaded.begin([model.pass(SHAPE)], { repeat: 3, ...toldOf(adapters) });
      const outputs: Uint8Array[] = [];
      for (let n = 0; n < 3; n++) {
        const [values] = await run.pass([inputs]);
        outputs.push(new Uint8Array(values!["out"]!.slice().buffer));
      }
      run.end();
      return { bits: digest(Buffer.concat(outputs)), moved: runtime.stats().counters.movedBytes - before };
    },
  };
}

/** Bytes of the weights that a LoRA's file has for the device: its factors. */
const factorBytes = async ({ lora }: Session, name: string): Promise<number> =>
  (await lora(name)).weights.reduce((sum, { entry }) => sum + entry.bytes, 0);

const STACKS: readonly (readonly (readonly [name: string, strength: number])[])[] = [
  [],
  [["first", 1]],
  [["second", -0.4]],
  [["all kinds", 0.7]],
  [
    ["first", 0.8],
    ["second", 0.3],
    ["all kinds", 0.5],
    ["first", -0.2],
  ],
];

describe("on the CPU", () => {
  test.each(["native", "fp32"] as const)("budgets do not change a bit, %s", { timeout: 120_000 }, async (precision) => {
    const results: string[][] = [];
    for (const share of [1, 0.3, 0.1]) {
      const session = await open({ precision, vramWeights: { share } });
      const bits: string[] = [];
      // each stack as the first that is used, and once more after the others
      for (const stack of [...STACKS, ...STACKS]) bits.push((await session.draw(...stack)).bits);
      expect(bits.slice(STACKS.length)).toEqual(bits.slice(0, STACKS.length));
      results.push(bits.slice(0, STACKS.length));
      await session.runtime.close();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(new Set(results[0]).size).toBe(STACKS.length);
  });

  test("as a device with memory of its own, the same bits", { timeout: 120_000 }, async () => {
    const stack = [
      ["all kinds", 0.7],
      ["first", 0.4],
    ] as const;
    const unified = await open();
    const { bits } = await unified.draw(...stack);
    await unified.runtime.close();
    const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
    for (const ram of [0, 64e6]) {
      const device = await library.open("cpu", { threads: 1 });
      const discrete = await openOn(
        createRuntime({
          ...device,
          policy: "dynamic",
          precision: "fp32",
          vram: 64e9,
          vramWeights: { share: 0.2 },
          ram,
        }),
      );
      expect((await discrete.draw(...stack)).bits).toBe(bits);
      expect((await discrete.draw(...stack)).bits).toBe(bits);
      await discrete.runtime.close();
    }
  });

  test("the reference backend, at two budgets", { timeout: 120_000 }, async () => {
    const bits: string[] = [];
    for (const share of [1, 0.2]) {
      const session = await openOn(await openRuntime("reference", { vramWeights: { share } }));
      bits.push((await session.draw(["all kinds", 0.7], ["first", 0.4])).bits);
      await session.runtime.close();
    }
    expect(bits[1]).toBe(bits[0]);
  });

  test("what moves: the factors and nothing else, once", { timeout: 120_000 }, async () => {
    const before = digest(readFileSync(file("base")));
    const session = await open();
    const { draw } = session;
    const plain = await draw();
    const [first, second] = [await factorBytes(session, "first"), await factorBytes(session, "second")];
    expect(first).toBeGreaterThan(0);

    const changed = await draw(["first", 1]);
    expect(changed.moved).toBe(first);
    expect(changed.bits).not.toBe(plain.bits);
    expect((await draw(["first", 1])).moved).toBe(0);
    // another strength, and back
    const weaker = await draw(["first", 0.25]);
    expect(weaker.moved).toBe(0);
    expect(weaker.bits).not.toBe(changed.bits);
    expect(await draw(["first", 1])).toEqual({ bits: changed.bits, moved: 0 });
    // another file
    expect((await draw(["second", 1])).moved).toBe(second);
    // both: nothing is new; none: nothing moves
    expect((await draw(["second", 1], ["first", 0.5])).moved).toBe(0);
    expect((await draw(["first", 0.5], ["first", 0.5], ["second", 2])).moved).toBe(0);
    expect(await draw()).toEqual({ bits: plain.bits, moved: 0 });
    expect(await draw(["first", 0])).toEqual({ bits: plain.bits, moved: 0 });
    await session.runtime.close();
    expect(digest(readFileSync(file("base")))).toBe(before);
  });

  test("factors are read ahead with their model while another one runs", { timeout: 120_000 }, async () => {
    const session = await open();
    const { runtime, model, loaded, lora, draw } = session;
    const { adapters } = withLora(runtime, model, flux2Targets(model), undefined, await lora("first"), 1);
    const factors = [...new Set([...adapters!.companions.weights.values()].map((weight) => weight.model))];
    const other = runtime.load(openFlux2(await openSafetensors(file("other"))));
    runtime.announceNext({ soon: [...factors, loaded], later: [] });
    const run = await other.begin([(other.model as Flux2Model).pass(SHAPE)], { repeat: 1 });
    const ofAll = [...loaded.model.weights, ...factors.flatMap((factor) => factor.model.weights)];
    const bytes = ofAll.reduce((sum, { entry }) => sum + entry.bytes, 0);
    expect(runtime.stats().counters.movedBytesByReason.ahead).toBeGreaterThanOrEqual(bytes);
    run.end();
    runtime.announceNext({ soon: [], later: [] });
    expect((await draw(["first", 1])).moved).toBe(0);
    await runtime.close();
  });

  test("of a file whose factors are not all used none is read before they are", { timeout: 120_000 }, async () => {
    const { runtime, model, lora } = await open();
    const targets = flux2Targets(model);
    const only = (stem: string) => (stem.includes("final_layer") ? targets(stem) : undefined);
    const { adapters } = withLora(runtime, model, only as typeof targets, undefined, await lora("first"), 1);
    const wholes = [...adapters!.companions.weights.values()].map((weight) => weight.model.model.whole ?? false);
    expect(new Set(wholes)).toEqual(new Set([false]));
    await runtime.close();
  });

  test("what DoRA reads of the model is in the log, to the byte and once", { timeout: 120_000 }, async () => {
    const session = await open();
    const { draw, runtime, model } = session;
    await draw();
    const entries = new Map(model.weights.map(({ name, entry }) => [name, entry]));
    const bytes = LAYERS.reduce((sum, [stem]) => sum + entries.get(`${stem}.weight`)!.bytes, 0);
    const read = () => {
      const { readBytes, movedBytes } = runtime.stats().counters;
      return readBytes - movedBytes;
    };
    expect(read()).toBe(0);
    await draw(["dora", 1]);
    expect(read()).toBe(bytes);
    await draw(["dora", 0.5]);
    expect(read()).toBe(bytes);
    await runtime.close();
  });

  test("DoRA's lengths are read from the model once, whatever the strengths", { timeout: 120_000 }, async () => {
    const session = await open();
    const { draw } = session;
    await draw();
    const all = await draw(["first", 0.5], ["all kinds", 1]);
    const factors = (await factorBytes(session, "first")) + (await factorBytes(session, "all kinds"));
    expect(all.moved).toBeGreaterThan(factors);
    // vectors of rows and columns: a few numbers for each
    expect(all.moved).toBeLessThan(1.1 * factors);
    expect((await draw(["first", 2], ["all kinds", -0.3])).moved).toBe(0);
    expect(await draw(["first", 0.5], ["all kinds", 1])).toEqual({ bits: all.bits, moved: 0 });
    await session.runtime.close();
  });
});
