import { expect, test } from "vitest";
import type { WeirContext } from "../context.ts";
import type { Conditioning, Latent } from "../values.ts";
import { FluxKontextMultiReferenceLatentMethod } from "./fluxKontextMultiReferenceLatentMethod.ts";
import { ReferenceLatent } from "./referenceLatent.ts";

const context = {} as WeirContext;
const text: Conditioning = [
  { context: new Float32Array(4), tokens: 2, width: 2, guidance: 4 },
  { context: new Float32Array(2), tokens: 1, width: 2 },
];
const latent = (side: number): Latent => ({
  batch: 1,
  channels: 128,
  height: side,
  width: side,
  samples: new Float32Array(128 * side * side),
});

test("each node adds one to every entry, in their order; without a latent nothing changes", async () => {
  const add = async (conditioning: unknown, latent?: Latent) =>
    (await ReferenceLatent.execute({ conditioning, ...(latent && { latent }) }, context)).outputs[0] as Conditioning;
  const [first, second] = [latent(1), latent(2)];
  const both = await add(await add(text, first), second);
  for (const [i, entry] of both.entries()) {
    expect(entry.references).toEqual([first, second]);
    expect(entry.guidance).toBe(text[i]!.guidance);
  }
  expect(await add(text)).toBe(text);
  expect(text[0]!.references).toBeUndefined();
});

test.each([
  ["offset", "offset"],
  ["index", "index"],
  ["uxo/uno", "uxo"],
  ["index_timestep_zero", "index_timestep_zero"],
])("the method %s", async (reference_latents_method, method) => {
  const inputs = { conditioning: text, reference_latents_method };
  const { outputs } = await FluxKontextMultiReferenceLatentMethod.execute(inputs, context);
  expect((outputs[0] as Conditioning).map((entry) => entry.referenceMethod)).toEqual([method, method]);
});
