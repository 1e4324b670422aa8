import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { liveBufferBytes, type OpenDevice } from "../../src/ggml/index.ts";
import { flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import type { Precision } from "../../src/runtime/runtime.ts";
import type { Span } from "../../src/runtime/trace.ts";
import { type Flux2Sizes, writeFlux2File } from "./flux2File.ts";

/** Small, since only shaders cost time here; half of it still holds two of its largest stages, so that uploads can run ahead. */
const SIZES: Flux2Sizes = { hidden: 128, double: 1, single: 10, context: 96 };
/** As in the goldens' first case: products of the same sizes run by the same shaders, compiled already. */
const SHAPE = { batch: 1, height: 8, width: 8, textTokens: 12 };
const PASSES = 2;

export interface DiscreteDevice {
  /** Opens the device anew. */
  readonly open: () => OpenDevice;
  readonly precision: Precision;
}

/**
 * The same bytes at every budget and with dynamic VRAM off, on a device whose memory is reached by uploads alone, while programs run. What
 * moved is counted by the event log; what is held is the sum of live ggml buffers, and never above the budget. Resolves with the bytes'
 * hash and what was seen, in a line (how many uploads began under a running program depends on the moment, so that is told and not asked for); throws where
 * something does not hold.
 */
export async function discreteIdentity(
  device: DiscreteDevice,
): Promise<{ readonly hash: string; readonly seen: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-discrete-"));
  const file = path.join(folder, "model.safetensors");
  try {
    await writeFlux2File(file, SIZES);
    const all = await draw(device, file, {});
    const off = await draw(device, file, { policy: "static" });
    const half = await draw(device, file, { vramWeights: { share: 0.5 } });
    const quarter = await draw(device, file, { vramWeights: { share: 0.25 } });
    const ceiling = Math.floor(0.7 * all.peak);
    const tight = await draw(device, file, { vram: ceiling });
    const runs = [all, off, half, quarter, tight];
    const moved = runs.map((run) => run.moved);
    expectThat(new Set(runs.map((run) => run.hash)).size === 1, `hashes ${runs.map((run) => run.hash.slice(0, 8))}`);
    expectThat(all.moved === off.moved, `with room for all, dynamic and static move ${moved}`);
    expectThat(quarter.moved > half.moved && half.moved > all.moved && tight.moved > all.moved, `moved ${moved}`);
    expectThat(tight.peak <= ceiling, `peak of ${tight.peak} bytes at --vram ${ceiling}`);
    const seen = `${moved} bytes moved; ${half.overlapping} of ${half.uploads} uploads began while a program ran`;
    return { hash: all.hash, seen };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The hash alone, with room for everything. */
export async function discreteHash(device: DiscreteDevice): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "weir-discrete-"));
  const file = path.join(folder, "model.safetensors");
  try {
    await writeFlux2File(file, SIZES);
    return (await draw(device, file, {})).hash;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Drawn {
  readonly hash: string;
  readonly moved: number;
  readonly peak: number;
  readonly uploads: number;
  readonly overlapping: number;
}

async function draw(
  { open, precision }: DiscreteDevice,
  file: string,
  given: { vramWeights?: { share: number }; policy?: "dynamic" | "static"; vram?: number },
): Promise<Drawn> {
  const spans: Span[] = [];
  const device = open();
  expectThat(!device.backend.info.unified, `${device.backend.info.id} is no discrete device`);
  const runtime = createRuntime({
    policy: "dynamic",
    precision,
    vram: 2 ** 30,
    ...given,
    ...device,
    tracer: { now: () => performance.now(), add: (span) => spans.push(span) },
  });
  try {
    const model = openFlux2(await openSafetensors(file));
    const run = await runtime.load(model).begin([model.pass(SHAPE)], { repeat: PASSES });
    let x = Float32Array.from({ length: 128 * SHAPE.height * SHAPE.width }, (_, i) => Math.sin(i));
    const context = Float32Array.from({ length: SHAPE.textTokens * SIZES.context }, (_, i) => Math.cos(i));
    for (let pass = 0; pass < PASSES; pass++) {
      const [out] = await run.pass([flux2Inputs(model.dims, SHAPE, { x, context, sigma: [1 - pass / 4] })]);
      x = x.map((value, i) => value - 0.25 * out!["out"]![i]!);
      const { used } = runtime.stats().vram;
      expectThat(liveBufferBytes() === used, `the ledger holds ${used} bytes, buffers are ${liveBufferBytes()}`);
    }
    run.end();
    expectThat(x.every(Number.isFinite) && new Set(x).size > x.length / 2, "the picture is no picture");
    const { counters, vram } = runtime.stats();
    const uploads = spans.filter(({ track }) => track === "uploads");
    const programs = spans.filter(({ track }) => track === "compute");
    const inside = ({ start }: Span) => programs.some((program) => program.start < start && start < program.end);
    return {
      hash: createHash("sha256").update(new Uint8Array(x.buffer)).digest("hex"),
      moved: counters.movedBytes,
      peak: vram.peak,
      uploads: uploads.length,
      overlapping: uploads.filter(inside).length,
    };
  } finally {
    await runtime.close();
  }
}

function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
