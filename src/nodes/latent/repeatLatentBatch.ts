import { repeatTo } from "../../image/repeatTo.ts";
import { int, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { repeated } from "./planes.ts";

/** The batch several times over; each picture gets noise of its own. */
export const RepeatLatentBatch = node({
  name: "RepeatLatentBatch",
  displayName: "Repeat Latent Batch",
  category: "model/latent/batch",
  pythonModule: "nodes",
  searchAliases: ["duplicate latent", "clone latent"],
  inputs: { samples: LATENT.link(), amount: int({ default: 1, min: 1, max: 64 }) },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples: latent, amount }) => {
    const batch = latent.batch * amount;
    const { noiseMask, batchIndex } = latent;
    const mask = noiseMask && noiseMask.batch > 1 ? noiseMask : undefined;
    const offset = batchIndex === undefined ? 0 : Math.max(...batchIndex) - Math.min(...batchIndex) + 1;
    return {
      LATENT: {
        ...repeated(latent, batch),
        ...(mask && { noiseMask: { ...mask, batch, data: repeatTo(mask.data, mask.batch, batch) } }),
        ...(batchIndex && {
          batchIndex: Array.from(
            { length: batch },
            (_, i) => batchIndex[i % latent.batch]! + Math.floor(i / latent.batch) * offset,
          ),
        }),
      },
    };
  },
});
