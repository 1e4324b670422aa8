import { clipTargets, type LoraFit, t5Targets } from "../../models/lora/index.ts";
import { bundledTokenizer } from "../../models/text/bundledTokenizer.ts";
import { CLIP_L_MARKS, type ClipEncoder, clipChunks } from "../../models/text/clip/index.ts";
import { type T5Encoder, t5Tokenizer, t5Tokens } from "../../models/text/t5/index.ts";
import type { LoadedModel, Runtime } from "../../runtime/runtime.ts";
import { NodeInputError } from "../errors.ts";
import type { Conditioning, TextModel } from "../values.ts";
import { type Adapters, withLora } from "./adapters.ts";
import { encodeClip } from "./encodeClip.ts";
import { encodeT5 } from "./encodeT5.ts";

/** An open encoder, and the LoRAs on it. */
interface Opened<M> {
  readonly encoder: M;
  readonly loaded: LoadedModel;
  readonly adapters?: Adapters | undefined;
}

/**
 * A CLIP value from Flux 1's two text encoders: T5 makes the context, the pooled text is CLIP-L's. `(words:1.2)` counts, as ComfyUI has it.
 * `runtime`: the one that both are loaded in.
 */
export function flux1Text(
  file: string,
  clip: Opened<ClipEncoder>,
  t5: Opened<T5Encoder>,
  runtime: Pick<Runtime, "load">,
): TextModel {
  const encodePair = async (clipL: string, t5xxl: string, signal: AbortSignal): Promise<Conditioning> => {
    const { dims } = clip.encoder;
    const words = await bundledTokenizer("clip");
    const pieces = await t5Tokenizer(t5.encoder);
    const text = t5Tokens(pieces, t5xxl);
    const chunks = clipChunks(words, clipL);
    if (dims.tokens !== CLIP_L_MARKS.length || dims.vocabulary <= CLIP_L_MARKS.end)
      throw new NodeInputError(
        `${file}: its CLIP has ${dims.vocabulary} tokens in chunks of ${dims.tokens}, CLIP-L has 49408 in chunks of 77. Choose clip_l.safetensors.`,
      );
    const { pooled } = await encodeClip(clip, chunks, { signal, adapters: clip.adapters });
    const context = await encodeT5(t5, text, { signal, adapters: t5.adapters });
    return [{ context, tokens: text.ids.length, width: t5.encoder.dims.hidden, pooled }];
  };
  return {
    file,
    encode: (text, signal) => encodePair(text, text, signal),
    encodePair,
    withLora(lora, strength) {
      const ofClip = withLora(runtime, clip.encoder, clipTargets(clip.encoder), clip.adapters, lora, strength);
      const ofT5 = withLora(runtime, t5.encoder, t5Targets(t5.encoder), t5.adapters, lora, strength);
      const model = flux1Text(
        file,
        { ...clip, adapters: ofClip.adapters },
        { ...t5, adapters: ofT5.adapters },
        runtime,
      );
      return { model, fit: both(ofClip.fit, ofT5.fit) };
    },
  };
}

/** What of a LoRA fits one of two models. */
const both = (a: LoraFit, b: LoraFit): LoraFit => ({
  patches: [...a.patches, ...b.patches],
  unknown: a.unknown.filter((adapter) => b.unknown.includes(adapter)),
  mismatched: [...a.mismatched, ...b.mismatched],
  overDora: [...a.overDora, ...b.overDora],
});
