import path from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { type Flux2Model, openFlux2 } from "../../src/models/flux2/index.ts";
import { flux2Targets, type LoraModel, openLora } from "../../src/models/lora/index.ts";
import { type Adapters, toldOf, withLora } from "../../src/nodes/loaders/adapters.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Bench, Figure } from "../bench.ts";
import { showFastest, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { MID } from "../support/midModel.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { sampleInputs } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const RANK = 16;

/** A LoRA on every matrix of the blocks, in bf16. */
async function writeLora(file: string, model: Flux2Model, seed: number): Promise<void> {
  const matrices = model.weights.filter(({ name, role }) => role === "matrix" && /blocks/.test(name));
  await writeSafetensors(
    file,
    matrices.flatMap(({ name, shape }, n) => {
      const stem = `diffusion_model.${name.replace(/\.weight$/, "")}`;
      const [rows, columns] = shape as [number, number];
      const tensor = (part: string, shape: readonly [number, number]) => {
        // small values of either sign
        const bits = Uint16Array.from({ length: shape[0] * shape[1] }, (_, i) => {
          const mixed = Math.imul(i + n + seed, 0x9e3779b1) >>> 16;
          return 0x3c00 | (mixed & 0x807f);
        });
        return { name: `${stem}.${part}.weight`, encoding: "BF16" as const, shape, data: new Uint8Array(bits.buffer) };
      };
      return [tensor("lora_A", [RANK, columns]), tensor("lora_B", [rows, RANK])];
    }),
  );
}

/** What a LoRA costs: bytes when one is put on, exchanged or turned up; and the step under it. */
export const loraSwitch: Bench = async ({ folder, device, threads, full }) => {
  const base = path.join(folder, "base.safetensors");
  const bytes = await writeFlux2(base, MID.sizes);
  const runtime = await openDevice({ device, threads });
  const loaded = runtime.load(openFlux2(await openSafetensors(base)));
  const model = loaded.model as Flux2Model;
  const inputs = sampleInputs(model, MID.shape);
  const opened = async (name: string, seed: number): Promise<LoraModel> => {
    const file = path.join(folder, name);
    await writeLora(file, model, seed);
    return runtime.load(await openLora(await openSafetensors(file))).model as LoraModel;
  };
  const [a, b] = [await opened("a.safetensors", 1), await opened("b.safetensors", 2)];
  const factors = b.weights.reduce((sum, { entry }) => sum + entry.bytes, 0);

  const under = (lora: LoraModel, strength: number) =>
    withLora(runtime, model, flux2Targets(model), undefined, lora, strength).adapters;
  const moved = async (adapters: Adapters | undefined): Promise<number> => {
    const before = movedBytes(runtime);
    const run = await loaded.begin([model.pass(MID.shape)], { repeat: 2, ...toldOf(adapters) });
    for (let n = 0; n < 2; n++) await run.pass([inputs]);
    run.end();
    return movedBytes(runtime) - before;
  };
  await moved(undefined);
  const first = await moved(under(a, 1));
  const switched = await moved(under(b, 1));
  const stronger = await moved(under(b, 0.5));
  const again = await moved(under(b, 0.5));
  const ratio = switched / factors;

  const timed = (adapters: Adapters | undefined) => async (): Promise<number> => {
    const run = await loaded.begin([model.pass(MID.shape)], { repeat: 1, ...toldOf(adapters) });
    const start = performance.now();
    await run.pass([inputs]);
    const ms = performance.now() - start;
    run.end();
    return ms;
  };
  const costs = await rounds(full ? 61 : 21, { plain: timed(undefined), lora: timed(under(a, 1)) });
  await runtime.close();
  const step = interval(ratios(costs.lora, costs.plain));
  const mb = (n: number) => `${(n / 1e6).toFixed(2)} MB`;
  const figures: Figure[] = [
    {
      what: `a LoRA exchanged for another (rank ${RANK}): bytes moved over its factors' bytes`,
      value: ratio.toFixed(4),
      goal: "1.0",
      verdict: ratio === 1 ? "met" : `missed: ${ratio}`,
      note: `factors ${mb(factors)}, the model ${mb(bytes)}; the first one put on: ${mb(first)}`,
    },
    {
      what: "bytes moved by another strength, and by the same again",
      value: `${stronger} and ${again}`,
      goal: "0",
      verdict: stronger === 0 && again === 0 ? "met" : "missed",
    },
    {
      what: `step under a LoRA of rank ${RANK} on all blocks over the step without (${MID.name})`,
      value: showInterval(step),
      wall: true,
      note: showFastest(costs.lora, costs.plain),
    },
  ];
  return figures;
};

const movedBytes = (runtime: Runtime): number => runtime.stats().counters.movedBytes;
