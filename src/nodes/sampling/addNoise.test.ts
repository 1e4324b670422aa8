import { expect, test } from "vitest";
import { flux2Sampling } from "../../sampling/flowSampling.ts";
import { prepareNoise } from "../../sampling/prepareNoise.ts";
import { runNode } from "../testing/runNode.ts";
import type { Latent } from "../values.ts";
import { AddNoise } from "./addNoise.ts";
import { ManualSigmas } from "./manualSigmas.ts";

const sigmas = async (text: string) => (await runNode(ManualSigmas, { sigmas: text }))["SIGMAS"] as Float32Array;

test("levels as written", async () => {
  expect(await sigmas("1, 0.5")).toEqual(Float32Array.of(1, 0.5));
  expect(await sigmas("[1.0 .75;0]\n")).toEqual(Float32Array.of(1, 0.75, 0));
  expect(await sigmas("none")).toHaveLength(0);
  await expect(sigmas("1, -0.5")).rejects.toMatchObject({
    code: "bad-node-input",
    message: 'ManualSigmas: -0.5 is no noise level; they are 0 or more, such as "1, 0.5, 0"',
  });
});

const model = { file: "m", sampling: flux2Sampling(), latent: { channels: 2, cell: 16 } };
const latent: Latent = { batch: 1, channels: 2, height: 2, width: 2, samples: new Float32Array(8).fill(1) };
const noisy = async (levels: readonly number[], seed: bigint | null) => {
  const inputs = { model, noise: { seed }, sigmas: Float32Array.from(levels), latent_image: latent };
  return (await runNode(AddNoise, inputs))["LATENT"] as Latent;
};

test("as much noise as lies between the first and the last level", async () => {
  const noise = prepareNoise([1, 2, 2, 2], 7n);
  const { samples } = await noisy([0.8, 0.5, 0.2], 7n);
  for (const [i, value] of samples.entries()) expect(value).toBeCloseTo(0.6 * noise[i]! + 0.4, 5);
  const { samples: all } = await noisy([0.25], 7n);
  for (const [i, value] of all.entries()) expect(value).toBeCloseTo(0.25 * noise[i]! + 0.75, 5);
});

test("no levels: the latent; no noise: only less of it; a latent of another model is refused", async () => {
  expect(await noisy([], 7n)).toBe(latent);
  expect([...(await noisy([1, 0.5], null)).samples]).toEqual(new Array(8).fill(0.5));
  const other = { ...latent, channels: 4, height: 1 };
  const inputs = { model, noise: { seed: 1n }, sigmas: Float32Array.of(1), latent_image: other };
  await expect(runNode(AddNoise, inputs)).rejects.toMatchObject({ code: "bad-node-input" });
});
