import { expect, test } from "vitest";
import { runNode } from "../testing/runNode.ts";
import type { Latent } from "../values.ts";
import { RebatchLatents } from "./rebatchLatents.ts";

const latent = (values: readonly number[], more: Partial<Latent> = {}): Latent => ({
  batch: values.length,
  channels: 1,
  height: 1,
  width: 2,
  samples: Float32Array.from(values.flatMap((v) => [v, v])),
  ...more,
});
const rebatch = async (latents: readonly Latent[], size: number) =>
  (await runNode(RebatchLatents, { latents, batch_size: [size] }))["LATENT"] as readonly Latent[];
const shown = (batches: readonly Latent[]) =>
  batches.map(({ samples, batchIndex }) => [[...samples].filter((_, i) => i % 2 === 0), batchIndex]);

test("so many to a batch, over the borders of the old ones; the last is smaller", async () => {
  expect(shown(await rebatch([latent([1, 2, 3]), latent([4, 5])], 2))).toEqual([
    [
      [1, 2],
      [0, 1],
    ],
    [
      [3, 4],
      [2, 3],
    ],
    [[5], [4]],
  ]);
});

test("a new size begins a new batch; places that were there stay", async () => {
  const wide = latent([9, 9], { width: 1, batch: 4, samples: Float32Array.of(6, 7, 8, 9), batchIndex: [3, 1, 4, 1] });
  const batches = await rebatch([latent([1]), wide, latent([2])], 3);
  expect(batches.map(({ batch, width, batchIndex }) => [batch, width, batchIndex])).toEqual([
    [1, 2, [0]],
    [3, 1, [3, 1, 4]],
    [1, 1, [1]],
    [1, 2, [5]],
  ]);
});

test("masks go with their latents, a missing one lets everything be made anew", async () => {
  const mask = { batch: 2, width: 1, height: 1, data: Float32Array.of(0, 0.5) };
  const one = { batch: 1, width: 2, height: 1, data: Float32Array.of(0.25, 0.25) };
  const [batch] = await rebatch([latent([1, 2], { noiseMask: mask }), latent([3]), latent([4], { noiseMask: one })], 9);
  expect(batch!.noiseMask).toEqual({ batch: 4, width: 1, height: 1, data: Float32Array.of(0, 0.5, 1, 0.25) });
  expect(await rebatch([latent([1])], 1)).toEqual([expect.not.objectContaining({ noiseMask: expect.anything() })]);
});

test("channels that do not go together are refused", async () => {
  const other = latent([1], { channels: 2, samples: new Float32Array(4) });
  await expect(rebatch([latent([1]), other], 2)).rejects.toMatchObject({ code: "bad-node-input" });
  expect(await rebatch([latent([1]), other], 1)).toHaveLength(2);
});
