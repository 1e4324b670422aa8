import { readFloat32 } from "../../formats/readFloat32.ts";
import { openSafetensors } from "../../formats/safetensors.ts";
import { combo, node } from "../declare.ts";
import { MissingFile, NodeInputError } from "../errors.ts";
import { LATENT } from "../kinds.ts";
import { fileFingerprint } from "../loaders/openFile.ts";

const FOLDER = "latents";
/** Files of before there were versions hold the values times this. */
const OLD_SCALE = 0.18215;
/** Beyond any latent that a model takes. */
const MAX_BYTES = 2 ** 31;

/** A latent of the input folder, as SaveLatent writes it. */
export const LoadLatent = node({
  name: "LoadLatent",
  displayName: "Load Latent",
  category: "model/latent",
  pythonModule: "nodes",
  searchAliases: ["import latent", "open latent"],
  inputs: { latent: combo(({ list }) => list(FOLDER)) },
  outputs: { LATENT: LATENT.output },
  validates: ["latent"],
  validate: async ({ latent }, { folders }) =>
    latent === undefined || folders.resolve(FOLDER, latent) !== null
      ? null
      : { input: "latent", details: `Invalid latent file: ${latent}` },
  fingerprint: ({ latent }, context) => fileFingerprint(FOLDER, latent, context),
  async execute({ latent }, { folders }) {
    const path = folders.resolve(FOLDER, latent);
    if (path === null) throw new MissingFile(`there is no latent "${latent}" in ${folders.input}`);
    const source = await openSafetensors(path);
    try {
      const tensor = source.tensors.get("latent_tensor");
      if (tensor === undefined || tensor.shape.length !== 4 || tensor.bytes > MAX_BYTES) {
        const found = tensor === undefined ? "no tensor latent_tensor" : `latent_tensor [${tensor.shape}]`;
        throw new NodeInputError(`${path} holds ${found}; a latent is [batch, channels, height, width]`);
      }
      const [batch, channels, height, width] = tensor.shape as [number, number, number, number];
      const values = await readFloat32(source, "latent_tensor");
      const scale = source.tensors.has("latent_format_version_0") ? 1 : 1 / OLD_SCALE;
      return { LATENT: { batch, channels, height, width, samples: values.map((value) => value * scale) } };
    } finally {
      await source.close();
    }
  },
});
