/** Widths of a Flux 2-shaped VAE by level, from full size down, and its latent channels before packing. */
export interface VaeSizes {
  readonly encoder: readonly number[];
  readonly decoder: readonly number[];
  readonly latent: number;
}

/** The tensors of such a VAE under the published keys: two blocks a level in the encoder, three in the decoder. */
export function vaeShapes({ encoder, decoder, latent }: VaeSizes): Record<string, number[]> {
  const shapes: Record<string, number[]> = { "bn.running_mean": [4 * latent], "bn.running_var": [4 * latent] };
  const conv = (name: string, from: number, to: number, size: number) => {
    shapes[`${name}.weight`] = [to, from, size, size];
    shapes[`${name}.bias`] = [to];
  };
  const norm = (name: string, width: number) => {
    shapes[`${name}.weight`] = [width];
    shapes[`${name}.bias`] = [width];
  };
  const block = (name: string, from: number, to: number) => {
    norm(`${name}.norm1`, from);
    conv(`${name}.conv1`, from, to, 3);
    norm(`${name}.norm2`, to);
    conv(`${name}.conv2`, to, to, 3);
    if (from !== to) conv(`${name}.nin_shortcut`, from, to, 1);
  };
  const middle = (half: string, width: number) => {
    block(`${half}.mid.block_1`, width, width);
    norm(`${half}.mid.attn_1.norm`, width);
    for (const part of ["q", "k", "v", "proj_out"]) conv(`${half}.mid.attn_1.${part}`, width, width, 1);
    block(`${half}.mid.block_2`, width, width);
    norm(`${half}.norm_out`, half === "decoder" ? decoder[0]! : width);
  };

  const [top, bottom] = [decoder[0]!, decoder.at(-1)!];
  conv("decoder.post_quant_conv", latent, latent, 1);
  conv("decoder.conv_in", latent, bottom, 3);
  middle("decoder", bottom);
  let width = bottom;
  for (let level = decoder.length - 1; level >= 0; level--) {
    for (let n = 0; n < 3; n++, width = decoder[level]!)
      block(`decoder.up.${level}.block.${n}`, width, decoder[level]!);
    if (level > 0) conv(`decoder.up.${level}.upsample.conv`, width, width, 3);
  }
  conv("decoder.conv_out", top, 3, 3);

  conv("encoder.conv_in", 3, encoder[0]!, 3);
  width = encoder[0]!;
  for (let level = 0; level < encoder.length; level++) {
    for (let n = 0; n < 2; n++, width = encoder[level]!)
      block(`encoder.down.${level}.block.${n}`, width, encoder[level]!);
    if (level < encoder.length - 1) conv(`encoder.down.${level}.downsample.conv`, width, width, 3);
  }
  middle("encoder", width);
  conv("encoder.conv_out", width, 2 * latent, 3);
  conv("encoder.quant_conv", 2 * latent, 2 * latent, 1);
  return shapes;
}
