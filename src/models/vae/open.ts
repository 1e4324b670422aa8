import type { WeightSource } from "../../formats/weightSource.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { Declarations } from "../declarations.ts";
import { BadModelInput, BrokenModel, WrongModel } from "../errors.ts";
import { findPrefix } from "../findPrefix.ts";
import type { Model } from "../model.ts";
import { identify } from "../registry.ts";
import { decodePass } from "./decode.ts";
import { encodePass } from "./encode.ts";
import { readVaeHalf, type VaeHalf } from "./layers.ts";

/** Sizes of a latent in packed cells, of 16 x 16 pixels in the published file (`VaeModel.cell`). */
export interface VaeShape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

export interface VaeModel extends Model {
  readonly kind: "vae";
  /** Channels of a packed latent: 128. */
  readonly channels: number;
  /** Pixels on a side of one packed cell: 16. */
  readonly cell: number;
  /** latent [batch, channels, height, width] -> image [batch, 3, cell * height, cell * width], about -1..1, not clamped. */
  decode(shape: VaeShape): PassDef;
  /** image [batch, 3, cell * height, cell * width] in -1..1 -> latent [batch, channels, height, width], the mean. Throws `BadModelInput`
   *  where the file has no encoder. */
  encode(shape: VaeShape): PassDef;
}

/** The statistics over packed channels: only this family's VAE has them. */
const SIGN = "bn.running_mean";

/**
 * Opens Flux 2's VAE from a file's header. Encoder and decoder may have other widths, depths and numbers of levels than the published
 * ones, and than each other. Throws `WrongModel`, `BrokenModel`. Source: the published keys and shapes.
 */
export function openVae(source: WeightSource): VaeModel {
  const prefix = findPrefix(source, SIGN);
  if (prefix === null) throw new WrongModel(source.path, "a Flux 2 VAE", identify(source).what);
  const file = new Declarations(source, prefix);
  const [channels] = file.shape(SIGN, 1);
  if (channels % 4 !== 0)
    throw new BrokenModel(
      source.path,
      prefix + SIGN,
      `is [${channels}], expected a multiple of 4: 2 x 2 cells are packed`,
    );
  file.add("bn.running_mean", "vector", [channels]);
  file.add("bn.running_var", "vector", [channels]);
  const decoder = readVaeHalf(file, "decoder", channels / 4);
  const encoder = file.has("encoder.conv_in.weight") ? readVaeHalf(file, "encoder", channels / 4) : null;
  const cell = cellOf(decoder);
  if (encoder && cellOf(encoder) !== cell)
    throw new BrokenModel(
      source.path,
      `${prefix}encoder.conv_in.weight`,
      `halves fewer or more times than the decoder doubles`,
    );
  return {
    kind: "vae",
    source,
    weights: file.weights,
    channels,
    cell,
    decode: (shape) => decodePass(decoder, channels, cell, checked(shape)),
    encode: (shape) => {
      if (!encoder)
        throw new BadModelInput(`${source.path} has a decoder only: it cannot encode pictures. Choose the full VAE.`);
      return encodePass(encoder, channels, cell, checked(shape));
    },
  };
}

/** Each resampling is by 2, and packing is by 2 again. */
const cellOf = ({ layers }: VaeHalf): number => 2 ** (1 + layers.filter((l) => l.kind.endsWith("sample")).length);

function checked(shape: VaeShape): VaeShape {
  for (const [name, n] of Object.entries(shape))
    if (!Number.isSafeInteger(n) || n < 1 || n > 4096)
      throw new BadModelInput(
        `a latent of ${shape.height} x ${shape.width} cells in a batch of ${shape.batch}: ${name} must be from 1 to 4096`,
      );
  return shape;
}
