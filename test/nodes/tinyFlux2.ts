import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { type Flux2Model, openFlux2 } from "../../src/models/flux2/index.ts";
import type { Conditioning } from "../../src/nodes/values.ts";
import type { LoadedModel } from "../../src/runtime/runtime.ts";
import { random } from "../ops/operands.ts";
import { flux2Shapes } from "../support/flux2File.ts";
import { openRuntime } from "../support/openRuntime.ts";

/** Width of the text context. */
const CONTEXT = 32;
const TOKENS = 6;

export interface TinyFlux2 {
  readonly network: Flux2Model;
  readonly loaded: LoadedModel;
  close(): Promise<void>;
}

/** A transformer of Flux 2's shapes with guidance, of random values in f32 in a file of its own, on a device. */
export async function openTinyFlux2(
  { double, single }: { readonly double: number; readonly single: number },
  device = "cpu",
  options: Parameters<typeof openRuntime>[1] = {},
): Promise<TinyFlux2> {
  const folder = mkdtempSync(join(tmpdir(), "weir-tiny-"));
  const path = join(folder, "dit.safetensors");
  const next = random(5);
  const shapes = {
    ...flux2Shapes({ hidden: 128, double, single, context: CONTEXT }),
    "guidance_in.in_layer.weight": [128, 256],
    "guidance_in.out_layer.weight": [128, 128],
  };
  await writeSafetensors(
    path,
    Object.entries(shapes).map(([name, shape]) => {
      const spread = shape.length === 1 ? 0.1 : 2 / Math.sqrt(shape[1]!);
      const values = new Float32Array(shape.reduce((n, size) => n * size, 1)).map(
        () => (shape.length === 1 ? 1 : 0) + (next() - 0.5) * spread,
      );
      return { name, encoding: "F32" as const, shape, data: new Uint8Array(values.buffer) };
    }),
  );
  const runtime = await openRuntime(device, { precision: "native", ...options });
  const network = openFlux2(await openSafetensors(path));
  return {
    network,
    loaded: runtime.load(network),
    async close() {
      await runtime.close();
      await network.source.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A text for it. */
export const tinyCond = (seed: number): Conditioning => [
  {
    context: new Float32Array(CONTEXT * TOKENS).map((_, i) => Math.sin(i * i + seed)),
    tokens: TOKENS,
    width: CONTEXT,
    guidance: 3.5,
  },
];
