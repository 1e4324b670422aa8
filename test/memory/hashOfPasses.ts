import { createHash } from "node:crypto";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { writeFlux2File } from "../support/flux2File.ts";

const SHAPE = { batch: 1, height: 2, width: 2, textTokens: 4 };
const CONTEXT = 96;

/** Writes the synthetic Flux 2 that `hashOfPasses` draws with. */
export const writeModel = (file: string): Promise<void> =>
  writeFlux2File(file, { hidden: 128, double: 1, single: 12, context: CONTEXT });

/** What so many passes of the model in `file` give, as a hash: the same wherever its weights lie. */
export async function hashOfPasses(runtime: Runtime, file: string, passes: number): Promise<string> {
  const model = openFlux2(await openSafetensors(file));
  const run = await runtime.load(model).begin([model.pass(SHAPE)], { repeat: passes });
  const hash = createHash("sha256");
  for (let pass = 0; pass < passes; pass++) {
    const x = Float32Array.from({ length: 128 * SHAPE.height * SHAPE.width }, (_, i) => Math.sin(i + pass));
    const context = Float32Array.from({ length: SHAPE.textTokens * CONTEXT }, (_, i) => Math.cos(i));
    const [out] = await run.pass([flux2Inputs(model.dims, SHAPE, { x, context, sigma: [1 - pass / 8] })]);
    hash.update(new Uint8Array(out!["out"]!.slice().buffer));
  }
  run.end();
  return hash.digest("hex");
}
