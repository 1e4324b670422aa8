import { repeatTo } from "../../image/repeatTo.ts";
import { batchSlice } from "../batchSlice.ts";
import { int, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import type { Mask } from "../values.ts";
import { batchPlaces } from "./batchPlaces.ts";

/** Some pictures of a batch; they keep the noise of their places. */
export const LatentFromBatch = node({
  name: "LatentFromBatch",
  displayName: "Get Latent From Batch",
  category: "model/latent/batch",
  pythonModule: "nodes",
  searchAliases: ["select from batch", "pick latent", "batch subset"],
  inputs: {
    samples: LATENT.link(),
    batch_index: int({ default: 0, min: -16384, max: 16384 }),
    length: int({ default: 1, min: 1, max: 64 }),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples: latent, batch_index, length }) => {
    const { from, to } = batchSlice(latent.batch, batch_index, length);
    const each = latent.samples.length / latent.batch;
    const { noiseMask } = latent;
    const masks = (mask: Mask): Mask => {
      if (mask.batch === 1) return mask;
      const size = mask.width * mask.height;
      const all = repeatTo(mask.data, mask.batch, latent.batch);
      return { ...mask, batch: to - from, data: all.slice(from * size, to * size) };
    };
    return {
      LATENT: {
        ...latent,
        batch: to - from,
        samples: latent.samples.slice(from * each, to * each),
        batchIndex: batchPlaces(latent).slice(from, to),
        ...(noiseMask && { noiseMask: masks(noiseMask) }),
      },
    };
  },
});
