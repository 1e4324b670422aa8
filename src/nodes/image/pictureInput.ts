import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { WeirContext } from "../context.ts";
import { combo } from "../declare.ts";

/** The input of nodes that load a picture. */
export const pictureInput = () => combo(({ list }) => list("input"), { imageUpload: true });

/** ComfyUI's check of it, in its words: the file system decides, not the list of the moment. */
export async function checkPicture({ image }: { readonly image?: string | undefined }, { folders }: WeirContext) {
  return image === undefined || folders.resolve("input", image) !== null
    ? null
    : { input: "image", details: `Invalid image file: ${image}` };
}

/** Changes with the file's bytes. */
export async function pictureFingerprint(
  { image }: { readonly image?: string | undefined },
  { folders }: WeirContext,
): Promise<string> {
  const path = image === undefined ? null : folders.resolve("input", image);
  if (path === null) return "none";
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
