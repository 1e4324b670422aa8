import { openTextEncoder } from "../../models/text/index.ts";
import { combo, file, node, optional } from "../declare.ts";
import { NotSupported } from "../errors.ts";
import { CLIP } from "../kinds.ts";
import { fileFingerprint, openFile } from "./openFile.ts";
import { textModel } from "./textModel.ts";

const FOLDER = "text_encoders";
/** What ComfyUI offers, in its order. The type says how a prompt is wrapped and which layers are read. */
const TYPES = [
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

/** A text encoder. Reads its header; weights move when a text is encoded. */
export const CLIPLoader = node({
  name: "CLIPLoader",
  displayName: "Load CLIP",
  category: "model/loaders",
  description:
    "Loads one text encoder file. For Flux 2: type flux2, and Qwen3 for klein, Mistral 3 for dev; the file tells which it is.",
  inputs: {
    clip_name: file(FOLDER),
    type: combo(TYPES),
    device: optional(combo(["default", "cpu"], { advanced: true })),
  },
  outputs: { CLIP: CLIP.output },
  fingerprint: ({ clip_name }, context) => fileFingerprint(FOLDER, clip_name, context),
  async execute({ clip_name, type, device }, context) {
    if (type !== "flux2") {
      throw new NotSupported(`CLIPLoader: text encoders of type ${type} are not built in yet; flux2 is`);
    }
    if (device === "cpu" && context.runtime.device.kind !== "cpu") {
      const { id } = context.runtime.device;
      context.warn(`CLIPLoader: the text encoder runs on ${id}, as everything does; a second device is not used yet`);
    }
    const { model, loaded } = await openFile(FOLDER, clip_name, (source) => openTextEncoder(source), context);
    return { CLIP: textModel(clip_name, model, loaded) };
  },
});
