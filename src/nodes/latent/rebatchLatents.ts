import { gridOfMask } from "../../image/grids.ts";
import { resample } from "../../image/resample.ts";
import { int, listNode, listOf } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { LATENT } from "../kinds.ts";
import type { Latent, Mask } from "../values.ts";

/**
 * All latents of a list of batches, in order, as batches of so many. A batch holds one size: where the size changes a new one begins, and it
 * may be smaller, as the last one. Each latent keeps its noise: its place in its own batch, or else in the whole list.
 */
export const RebatchLatents = listNode({
  name: "RebatchLatents",
  displayName: "Rebatch Latents",
  category: "model/latent/batch",
  pythonModule: "comfy_extras.nodes_rebatch",
  inputs: { latents: LATENT.link(), batch_size: int({ default: 1, min: 1, max: 4096 }) },
  outputs: { LATENT: listOf(LATENT.output) },
  execute: ({ latents, batch_size: [size] }) => {
    const batches: Latent[] = [];
    let together: Single[] = [];
    const flush = () => {
      for (let from = 0; from < together.length; from += size!)
        batches.push(joined(together.slice(from, from + size!)));
      together = [];
    };
    let place = 0;
    for (const latent of latents) {
      const [before] = together;
      if (before && (before.latent.width !== latent.width || before.latent.height !== latent.height)) flush();
      for (const single of singles(latent, place)) together.push(single);
      place += latent.batch;
    }
    flush();
    return { LATENT: batches };
  },
});

/** One latent of a batch. */
interface Single {
  readonly latent: Latent;
  readonly samples: Float32Array;
  readonly place: number;
  /** Of all the batch, and which of its masks is this one's. */
  readonly mask?: { readonly all: Mask; readonly index: number };
}

function singles(latent: Latent, first: number): Single[] {
  const { batch, samples, batchIndex, noiseMask } = latent;
  const each = samples.length / batch;
  return Array.from({ length: batch }, (_, n) => ({
    latent,
    samples: samples.subarray(n * each, (n + 1) * each),
    place: batchIndex?.[n] ?? first + n,
    ...(noiseMask && { mask: { all: noiseMask, index: n % noiseMask.batch } }),
  }));
}

function joined(members: readonly Single[]): Latent {
  const [{ latent: first }] = members as readonly [Single, ...Single[]];
  const { channels, height, width, emptyCell } = first;
  const other = members.find(({ latent }) => latent.channels !== channels);
  if (other !== undefined) {
    throw new NodeInputError(`RebatchLatents: ${channels} and ${other.latent.channels} channels do not go together`);
  }
  const each = members[0]!.samples.length;
  const samples = new Float32Array(members.length * each);
  for (const [n, member] of members.entries()) samples.set(member.samples, n * each);
  const noiseMask = masks(members);
  return {
    batch: members.length,
    channels,
    height,
    width,
    samples,
    batchIndex: members.map(({ place }) => place),
    ...(emptyCell === undefined ? {} : { emptyCell }),
    ...(noiseMask && { noiseMask }),
  };
}

/** A mask for each, of the size of the first there is; without one everything is made anew. None where no member has one. */
function masks(members: readonly Single[]): Mask | undefined {
  const size = members.find(({ mask }) => mask)?.mask?.all;
  if (size === undefined) return undefined;
  const { width, height } = size;
  const data = new Float32Array(members.length * width * height).fill(1);
  for (const [n, { mask }] of members.entries()) {
    if (mask === undefined) continue;
    const { data: fitted } = resample(gridOfMask(mask.all), width, height, "bilinear");
    data.set(fitted.subarray(mask.index * width * height, (mask.index + 1) * width * height), n * width * height);
  }
  return { batch: members.length, width, height, data };
}
