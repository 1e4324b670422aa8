import { roundHalfEven } from "../../sampling/roundHalfEven.ts";
import { NodeInputError } from "../errors.ts";
import type { Latent, LatentFormat } from "../values.ts";

/** Beyond what any model takes at once; a gibibyte. */
const MAX_VALUES = 2 ** 28;

/** A latent of zeros for a picture of width x height pixels; sides are cut down to whole cells. Throws NodeInputError. */
export function emptyLatent(width: number, height: number, batch: number, { channels, cell }: LatentFormat): Latent {
  const [columns, rows] = [Math.floor(width / cell), Math.floor(height / cell)];
  const values = batch * channels * rows * columns;
  if (values > MAX_VALUES) {
    throw new NodeInputError(
      `${batch} latents of ${width} x ${height} pixels have ${values} values; at most ${MAX_VALUES} are possible. Make fewer or smaller pictures.`,
    );
  }
  return {
    batch,
    channels,
    width: columns,
    height: rows,
    samples: new Float32Array(batch * channels * rows * columns),
    emptyCell: cell,
  };
}

/**
 * A latent as a model takes it. One of zeros that was made for other models becomes one of zeros of this model's channels and cells, for
 * a picture of the same size; sides round half to even. Null where a latent with something in it does not fit.
 */
export function fitLatent(latent: Latent, format: LatentFormat): Latent | null {
  const fits = latent.channels === format.channels;
  const ratio = (latent.emptyCell ?? format.cell) / format.cell;
  if (fits && ratio === 1) return latent;
  if (latent.samples.some((value) => value !== 0)) return fits ? latent : null;
  const side = (cells: number) => Math.max(1, roundHalfEven(cells * ratio));
  const [width, height] = [side(latent.width), side(latent.height)];
  const { batch } = latent;
  const { channels, cell } = format;
  return {
    batch,
    channels,
    width,
    height,
    samples: new Float32Array(batch * channels * height * width),
    emptyCell: cell,
  };
}
