import type { WeightSource } from "../../formats/weightSource.ts";
import { openFlux2 } from "../../models/flux2/index.ts";
import type { Model } from "../../models/model.ts";
import { identify } from "../../models/registry.ts";
import { openClip } from "../../models/text/clip/index.ts";
import { openTextEncoder } from "../../models/text/index.ts";
import { FLUX1_T5_TOKENS, openT5 } from "../../models/text/t5/index.ts";
import { openVae } from "../../models/vae/index.ts";
import type { PassDef } from "../../tensor/stage.ts";

/** Pixels on a side of the picture, and tokens of the text, for which needs are told. */
const USUAL = { pixels: 1024, tokens: 512 } as const;

/** A model that Weir runs, with a forward pass at the usual size. */
export interface Opened {
  readonly model: Model;
  readonly pass: PassDef;
  /** The size in words. */
  readonly size: string;
  /** What its header says of it: width, depth, ... */
  readonly dims: Readonly<Record<string, unknown>>;
}

/** Flux 2's cells: 8 pixels of the VAE, packed two by two. */
const FLUX2_CELL = 16;

/** Opens what a file holds if Weir runs it; `null`: it is of a kind that nothing here runs. Throws BrokenModel. */
export function openModel(source: WeightSource): Opened | null {
  const { pixels, tokens } = USUAL;
  const picture = `${pixels} x ${pixels} pixels`;
  // Its keys contain those of the model it is for.
  if (identify(source).kind === "lora") return null;
  const flux2 = tryOpen(() => openFlux2(source));
  if (flux2) {
    const side = pixels / FLUX2_CELL;
    const { guidance } = flux2.dims;
    const pass = flux2.pass({ batch: 1, height: side, width: side, textTokens: tokens, guidance });
    return { model: flux2, pass, size: `${picture}, ${tokens} tokens of text`, dims: { ...flux2.dims } };
  }
  const text = tryOpen(() => openTextEncoder(source));
  if (text) return { model: text, pass: text.pass(tokens), size: `${tokens} tokens of text`, dims: { ...text.dims } };
  const t5 = tryOpen(() => openT5(source));
  if (t5)
    return {
      model: t5,
      pass: t5.pass(FLUX1_T5_TOKENS),
      size: `${FLUX1_T5_TOKENS} tokens of text`,
      dims: { ...t5.dims },
    };
  const clip = tryOpen(() => openClip(source));
  if (clip)
    return { model: clip, pass: clip.pass(), size: `${clip.dims.tokens} tokens of text`, dims: { ...clip.dims } };
  const vae = tryOpen(() => openVae(source));
  if (!vae) return null;
  const { channels, cell } = vae;
  const side = Math.ceil(pixels / cell);
  const pass = vae.decode({ batch: 1, height: side, width: side });
  return { model: vae, pass, size: `${picture}, decoded in one piece`, dims: { channels, cell } };
}

/** Only opening tells: other encoders and VAEs look alike, and a file may have other names for the same tensors. */
function tryOpen<M>(open: () => M): M | null {
  try {
    return open();
  } catch (error) {
    if ((error as { code?: unknown }).code === "wrong-model") return null;
    throw error;
  }
}
