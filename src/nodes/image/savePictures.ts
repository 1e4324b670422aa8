import { encodePng } from "../../formats/png.ts";
import { toBytes } from "../../image/toBytes.ts";
import { printJson } from "../../workflow/losslessJson.ts";
import type { WeirContext } from "../context.ts";
import { NodeInputError } from "../errors.ts";
import type { Image } from "../values.ts";
import { expandTokens } from "./expandTokens.ts";
import { keptPicture } from "./keptPicture.ts";
import { nextCounter, picturePlace, writePicture } from "./writePicture.ts";

/** What ComfyUI calls `ui` of a node that saves. */
export interface SavedPictures {
  readonly images: readonly { readonly filename: string; readonly subfolder: string; readonly type: string }[];
}

/** How a picture becomes a file: its bytes, with `text` in it, and what its name has behind the counter. */
export interface PictureFormat {
  readonly ending: string;
  encode(images: Image, index: number, text: Readonly<Record<string, string>>): Uint8Array;
}

/** As ComfyUI's SaveImage has them. */
const PNG: PictureFormat = {
  ending: "_.png",
  encode(images, index, text) {
    const { width, height, channels } = images;
    if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
      throw new NodeInputError(`pictures of ${channels} channels cannot be saved; 1 to 4 can`);
    }
    return encodePng({ width, height, channels, data: toBytes(images, index) }, text);
  },
};

/**
 * Saves each picture of a batch under `prefix`, with the prompt and what came with it as text unless metadata is off. What this job has
 * saved already, in a process that died since, is not saved again.
 * Throws OutputError, BadText.
 */
export async function savePictures(
  images: Image,
  prefix: string,
  type: "output" | "temp",
  context: WeirContext,
  /** Where a node saves several batches: how many pictures came before, so that a job that runs again tells them apart. */
  before = 0,
  format: PictureFormat = PNG,
): Promise<SavedPictures> {
  const { nodeId, folders, options, prompt, extraPngInfo, signal, pictures } = context;
  const text: Record<string, string> = {};
  if (!options.disableMetadata) {
    for (const [key, value] of Object.entries({ ...extraPngInfo, prompt }))
      text[key] = printJson(value, { ascii: true });
  }
  const ordered = "prompt" in text ? { prompt: text["prompt"]!, ...text } : text;
  const place = await picturePlace(folders[type], expandTokens(prefix, images, new Date()));
  let counter = await nextCounter(place);
  const saved: SavedPictures["images"][number][] = [];
  for (let n = 0; n < images.batch; n++) {
    signal.throwIfAborted();
    const kept = await keptPicture(before + n, context);
    if (kept) {
      saved.push(kept);
      continue;
    }
    const name = place.name.replaceAll("%batch_num%", String(n));
    const bytes = format.encode(images, n, ordered);
    const { subfolder } = place;
    const record = (filename: string, inode: string) =>
      pictures?.record({ node: nodeId, index: before + n, type, subfolder, filename, inode });
    const written = await writePicture(place, name, counter, bytes, record, format.ending);
    counter = written.counter + 1;
    saved.push({ filename: written.filename, subfolder, type });
  }
  return { images: saved };
}
