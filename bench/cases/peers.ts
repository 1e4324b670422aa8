import { mkdir } from "node:fs/promises";
import path from "node:path";
import { physicalCores } from "../../src/ggml/threads.ts";
import type { Bench, Figure } from "../bench.ts";
import { showFastest, showInterval } from "../support/format.ts";
import { interval } from "../support/interval.ts";
import { MID } from "../support/midModel.ts";
import { openDevice } from "../support/openDevice.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { installPeers, startPeer } from "../support/peerProcess.ts";
import { steps } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";

const { sizes: SIZES, shape: SHAPE } = MID;
const SHARE = 0.25;

/** The same transformer elsewhere. */
export const peers: Bench = async ({ folder, threads = physicalCores(), full, peers, say }) => {
  if (!peers) throw new Error("peers are installed and run with --peers");
  const python = await installPeers(say);
  const file = path.join(folder, "model.safetensors");
  await writeFlux2(file, SIZES);
  const offloaded = path.join(folder, "offloaded");
  await mkdir(offloaded);
  const sizes = JSON.stringify({ ...SIZES, ...SHAPE, threads });
  const diffusers = await startPeer(python, "flux2.py", [sizes, offloaded]);
  const resident = await steps(await openDevice({ device: "cpu", threads }), file, SHAPE);
  const streamed = await steps(
    await openDevice({ device: "cpu", threads }, { vramWeights: { share: SHARE } }),
    file,
    SHAPE,
  );
  const costs = await rounds(
    full ? 61 : 21,
    {
      ours: resident.step,
      theirs: () => diffusers.step("resident"),
      oursStreamed: streamed.step,
      theirsOffloaded: () => diffusers.step("offload"),
    },
    90,
  );
  diffusers.close();
  await resident.close();
  await streamed.close();
  const about = `diffusers on torch ${diffusers.about["torch"]}, ${(Number(diffusers.about["parameters"]) / 1e6).toFixed(0)} M parameters, bf16, 84 tokens`;
  const figure = (what: string, ours: readonly number[], theirs: readonly number[]): Figure => ({
    what,
    value: showInterval(interval(ratios(ours, theirs))),
    note: `${showFastest(ours, theirs)}; ours ${showInterval(interval(ours), " ms")}; theirs ${showInterval(interval(theirs), " ms")}; ${about}`,
  });
  return [
    figure("our step over diffusers', all resident", costs.ours, costs.theirs),
    figure("our step at 25 % over diffusers' with group offload to disk", costs.oursStreamed, costs.theirsOffloaded),
  ];
};
