import { paste } from "../../image/paste.ts";
import { int, node } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { LATENT } from "../kinds.ts";
import type { Latent } from "../values.ts";
import { gridOfLatent, PIXELS, repeated, withPlanes } from "./planes.ts";

/** A latent over another; `feather`: how far it fades in at sides that do not lie on the border. */
export const LatentComposite = node({
  name: "LatentComposite",
  displayName: "Latent Composite",
  category: "model/latent",
  pythonModule: "nodes",
  searchAliases: ["overlay latent", "layer latent", "paste latent"],
  inputs: {
    samples_to: LATENT.link(),
    samples_from: LATENT.link(),
    x: int({ default: 0, min: 0, max: 16384, step: 8 }),
    y: int({ default: 0, min: 0, max: 16384, step: 8 }),
    feather: int({ default: 0, min: 0, max: 16384, step: 8 }),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples_to, samples_from, ...pixels }) => {
    const [x, y, feather] = [pixels.x, pixels.y, pixels.feather].map((n) => Math.floor(n / PIXELS)) as [
      number,
      number,
      number,
    ];
    const from = pairedChannels(samples_to, samples_from);
    const weights = feather === 0 ? undefined : featherWeights(from, samples_to, x, y, feather);
    return { LATENT: withPlanes(samples_to, paste(gridOfLatent(samples_to), gridOfLatent(from), x, y, weights)) };
  },
});

function pairedChannels(to: Latent, from: Latent): Latent {
  if (to.channels === from.channels) return repeated(from, to.batch);
  throw new NodeInputError(
    `LatentComposite: latents of ${to.channels} and of ${from.channels} channels do not go together`,
  );
}

/** [planes, height, width] of `from`: rising evenly from the visible sides that do not lie on the border of `to`. */
function featherWeights(from: Latent, to: Latent, x: number, y: number, feather: number): Float32Array {
  const [rows, columns] = [Math.min(from.height, to.height - y), Math.min(from.width, to.width - x)];
  const rise = (distance: number) => (distance < feather ? (distance + 1) / feather : 1);
  const cells = from.height * from.width;
  const weights = new Float32Array(from.batch * from.channels * cells);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let weight = 1;
      if (y > 0) weight *= rise(row);
      if (y + rows < to.height) weight *= rise(rows - 1 - row);
      if (x > 0) weight *= rise(column);
      if (x + columns < to.width) weight *= rise(columns - 1 - column);
      weights[row * from.width + column] = weight;
    }
  for (let o = 1; o < from.batch * from.channels; o++) weights.copyWithin(o * cells, 0, cells);
  return weights;
}
