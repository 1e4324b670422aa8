import { openTextEncoder } from "../../models/text/index.ts";
import type { WeirContext } from "../context.ts";
import { NotSupported } from "../errors.ts";
import type { TextModel } from "../values.ts";
import { openFile } from "./openFile.ts";
import { textModel } from "./textModel.ts";

export const TEXT_ENCODERS = "text_encoders";
/** What ComfyUI offers, in its order. The type says how a prompt is wrapped and which layers are read. */
export const TEXT_ENCODER_TYPES = [
  "stable_diffusion",
  "stable_cascade",
  "sd3",
  "stable_audio",
  "mochi",
  "ltxv",
  "pixart",
  "cosmos",
  "lumina2",
  "wan",
  "hidream",
  "chroma",
  "ace",
  "omnigen2",
  "qwen_image",
  "hunyuan_image",
  "flux2",
  "ovis",
  "longcat_image",
  "cogvideox",
  "lens",
  "pixeldit",
  "ideogram4",
  "boogu",
  "krea2",
  "joyimage",
  "mage",
  "minimax",
];

/** A CLIP value from a file, for the node named `node`. Throws NotSupported for types that are not built, and as `openFile` does. */
export async function textEncoderFile(
  node: string,
  name: string,
  type: string,
  context: WeirContext,
): Promise<TextModel> {
  if (type !== "flux2") throw new NotSupported(`${node}: text encoders of type ${type} are not built in yet; flux2 is`);
  const { model, loaded } = await openFile(TEXT_ENCODERS, name, (source) => openTextEncoder(source), context);
  return textModel(name, model, loaded, context.runtime);
}
