import { open } from "node:fs/promises";
import { decodePicture } from "../../formats/decodePicture.ts";
import { TooLarge } from "../../formats/errors.ts";
import type { Pixels } from "../../image/pixels.ts";
import type { WeirContext } from "../context.ts";
import { MissingFile } from "../errors.ts";

/** A picture file beyond this is not read. */
const MAX_BYTES = 512 * 2 ** 20;

/** The pixels of a picture in the input folder (or, by " [output]" or " [temp]", in those). Throws MissingFile, TooLarge and what decoding throws. */
export async function readPicture(name: string, { folders }: Pick<WeirContext, "folders">): Promise<Pixels> {
  const path = folders.resolve("input", name);
  if (path === null) throw new MissingFile(`there is no picture "${name}" in ${folders.input}`);
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw new TooLarge(path, `has ${size} bytes; at most ${MAX_BYTES} are read`);
    return await decodePicture(await file.readFile(), path);
  } finally {
    await file.close();
  }
}
