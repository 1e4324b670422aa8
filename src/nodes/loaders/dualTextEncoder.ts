import { openWeights } from "../../formats/openWeights.ts";
import { WrongModel } from "../../models/errors.ts";
import { openClip } from "../../models/text/clip/index.ts";
import { openT5 } from "../../models/text/t5/index.ts";
import type { WeirContext } from "../context.ts";
import { NodeInputError, NotSupported } from "../errors.ts";
import type { TextModel } from "../values.ts";
import { flux1Text } from "./flux1Text.ts";
import { modelPath, openFile } from "./openFile.ts";
import { TEXT_ENCODERS } from "./textEncoderFile.ts";

/** What ComfyUI offers for two files, in its order. */
export const DUAL_TYPES = [
  "sdxl",
  "sd3",
  "flux",
  "hunyuan_video",
  "hidream",
  "hunyuan_image",
  "hunyuan_video_15",
  "kandinsky5",
  "kandinsky5_image",
  "ltxv",
  "newbie",
  "ace",
];

/**
 * A CLIP value from two files in any order, for the node named `node`: Flux 1's CLIP-L and T5. Throws NotSupported for types that are not built,
 * NodeInputError where it takes another pair of files, and as `openFile` does.
 */
export async function dualTextEncoder(
  node: string,
  names: readonly [string, string],
  type: string,
  context: WeirContext,
): Promise<TextModel> {
  if (type !== "flux")
    throw new NotSupported(
      `${node}: pairs of text encoders of type ${type} are not built in yet; flux is. Flux 2's one text encoder is loaded with CLIPLoader, type flux2.`,
    );
  const [first, second] = [await isT5(names[0], context), await isT5(names[1], context)];
  if (first === second)
    throw new NodeInputError(
      `${node}: type flux takes one CLIP-L and one T5, and ${first ? "both files are" : "none of the files is"} a T5: ${names.join(", ")}. Choose clip_l.safetensors and a t5xxl.`,
    );
  const [clipName, t5Name] = first ? [names[1], names[0]] : names;
  const clip = await openFile(TEXT_ENCODERS, clipName, (source) => openClip(source), context);
  const t5 = await openFile(TEXT_ENCODERS, t5Name, openT5, context);
  return flux1Text(
    `${clipName} and ${t5Name}`,
    { encoder: clip.model, loaded: clip.loaded },
    { encoder: t5.model, loaded: t5.loaded },
    context.runtime,
  );
}

/** Whether the file is a T5, whole or not. Throws as `openWeights` does. */
async function isT5(name: string, context: WeirContext): Promise<boolean> {
  const source = await openWeights(modelPath(TEXT_ENCODERS, name, context), context.runtime.quant);
  try {
    openT5(source);
    return true;
  } catch (error) {
    if (error instanceof WrongModel) return false;
    throw error;
  } finally {
    await source.close();
  }
}
