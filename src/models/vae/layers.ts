import type { Declarations } from "../declarations.ts";
import { BrokenModel } from "../errors.ts";

/** One layer between the first and the last convolution, with its channel counts. `name` is its place in the file. */
export interface VaeLayer {
  readonly kind: "resBlock" | "attention" | "upsample" | "downsample";
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** One half of the autoencoder. */
export interface VaeHalf {
  readonly layers: readonly VaeLayer[];
  /** Channels after the first convolution and before the last. */
  readonly first: number;
  readonly last: number;
  /** The name of the 1x1 convolution towards the latent, where the file has one. */
  readonly quant: string | null;
}

/** Group norms have 32 groups everywhere. */
export const GROUPS = 32;

/**
 * Reads a decoder or encoder from the shapes of its tensors and takes its weights in. `outer` are the channels on the picture's side,
 * `inner` those on the latent's. Throws `BrokenModel`.
 */
export function readVaeHalf(file: Declarations, half: "decoder" | "encoder", inner: number): VaeHalf {
  const decoding = half === "decoder";
  const taken = decoding ? inner : 3;
  const given = decoding ? 3 : 2 * inner; // an encoder gives mean and log variance
  const quantName = decoding ? "post_quant_conv" : "quant_conv";
  const quant = [`${half}.${quantName}`, quantName].find((name) => file.has(`${name}.weight`)) ?? null;
  const quantWidth = decoding ? inner : 2 * inner;
  if (quant) conv(file, quant, quantWidth, quantWidth, 1);

  const [first] = file.shape(`${half}.conv_in.weight`, 4);
  conv(file, `${half}.conv_in`, taken, first, 3);
  const layers: VaeLayer[] = [];
  let width = first;
  const resBlock = (name: string) => {
    const [to] = file.shape(`${name}.conv1.weight`, 4);
    layers.push({ kind: "resBlock", name, from: width, to });
    declareResBlock(file, name, width, to);
    width = to;
  };
  const middle = () => {
    resBlock(`${half}.mid.block_1`);
    layers.push({ kind: "attention", name: `${half}.mid.attn_1`, from: width, to: width });
    declareAttention(file, `${half}.mid.attn_1`, width);
    resBlock(`${half}.mid.block_2`);
  };
  if (decoding) middle();
  const side = decoding ? "up" : "down";
  const resample = decoding ? "upsample" : "downsample";
  const levels = Array.from({ length: file.count(`${half}.${side}.`) }, (_, n) => n);
  // up.0 is the level at full size: a decoder comes to it last.
  for (const n of decoding ? levels.toReversed() : levels) {
    const level = `${half}.${side}.${n}`;
    for (let m = 0; m < file.count(`${level}.block.`); m++) resBlock(`${level}.block.${m}`);
    if (!file.has(`${level}.${resample}.conv.weight`)) continue;
    layers.push({ kind: resample, name: `${level}.${resample}`, from: width, to: width });
    conv(file, `${level}.${resample}.conv`, width, width, 3);
  }
  if (!decoding) middle();
  norm(file, `${half}.norm_out`, width);
  conv(file, `${half}.conv_out`, width, given, 3);
  return { layers, first, last: width, quant };
}

function declareResBlock(file: Declarations, name: string, from: number, to: number): void {
  norm(file, `${name}.norm1`, from);
  conv(file, `${name}.conv1`, from, to, 3);
  norm(file, `${name}.norm2`, to);
  conv(file, `${name}.conv2`, to, to, 3);
  if (from !== to) conv(file, `${name}.nin_shortcut`, from, to, 1);
}

/** The four 1x1 convolutions are used as matrices over pixels; as kernels they stay in f32, which the small signals here need. */
function declareAttention(file: Declarations, name: string, width: number): void {
  norm(file, `${name}.norm`, width);
  for (const part of ["q", "k", "v", "proj_out"]) {
    file.add(`${name}.${part}.weight`, "conv", [width, width]);
    file.add(`${name}.${part}.bias`, "vector", [width]);
  }
}

function conv(file: Declarations, name: string, from: number, to: number, size: number): void {
  file.add(`${name}.weight`, "conv", [to, from, size, size]);
  file.add(`${name}.bias`, "vector", [to]);
}

function norm(file: Declarations, name: string, width: number): void {
  if (width % GROUPS !== 0)
    throw new BrokenModel(
      file.source.path,
      `${file.prefix}${name}.weight`,
      `is [${width}], no multiple of ${GROUPS} groups`,
    );
  file.add(`${name}.weight`, "vector", [width]);
  file.add(`${name}.bias`, "vector", [width]);
}
