import { join } from "node:path";
import { writeSafetensors } from "../../formats/writeSafetensors.ts";
import { printJson } from "../../workflow/losslessJson.ts";
import { node, text } from "../declare.ts";
import { expandTokens } from "../image/expandTokens.ts";
import { nextCounter, picturePlace } from "../image/writePicture.ts";
import { LATENT } from "../kinds.ts";

/** Saves a latent as a file that LoadLatent reads: safetensors with one f32 tensor, and the prompt as metadata unless that is off. */
export const SaveLatent = node({
  name: "SaveLatent",
  displayName: "Save Latent",
  category: "model/latent",
  pythonModule: "nodes",
  searchAliases: ["export latent"],
  inputs: { samples: LATENT.link(), filename_prefix: text({ default: "latents/ComfyUI" }) },
  hidden: { prompt: "PROMPT", extra_pnginfo: "EXTRA_PNGINFO" },
  outputs: { samples: LATENT.output },
  outputNode: true,
  async execute({ samples: latent, filename_prefix }, { folders, options, prompt, extraPngInfo }) {
    const { batch, channels, height, width, samples } = latent;
    const place = await picturePlace(folders.output, expandTokens(filename_prefix, latent, new Date()));
    const filename = `${place.name}_${String(await nextCounter(place)).padStart(5, "0")}_.latent`;
    const text = Object.entries({ prompt, ...extraPngInfo }).map(([key, value]) => [key, printJson(value)]);
    await writeSafetensors(
      join(place.folder, filename),
      [
        {
          name: "latent_tensor",
          encoding: "F32",
          shape: [batch, channels, height, width],
          data: new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
        },
        { name: "latent_format_version_0", encoding: "F32", shape: [0], data: new Uint8Array() },
      ],
      options.disableMetadata ? undefined : Object.fromEntries(text),
    );
    const saved = { filename, subfolder: place.subfolder, type: "output" };
    return { outputs: { samples: latent }, ui: { latents: [saved] } };
  },
});
