import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { TooLarge } from "../../formats/errors.ts";
import { decodePng } from "../../formats/png.ts";
import { fromBytes } from "../../image/fromBytes.ts";
import { maskFromAlpha } from "../../image/maskFromAlpha.ts";
import { combo, node } from "../declare.ts";
import { MissingFile } from "../errors.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** A picture file beyond this is not read. */
const MAX_BYTES = 512 * 2 ** 20;

/** A picture of the input folder, and 1 - alpha as a mask. Names may end in " [output]" or " [temp]". Source: comfyui-api.md. */
export const LoadImage = node({
  name: "LoadImage",
  displayName: "Load Image",
  category: "image",
  pythonModule: "nodes",
  searchAliases: [
    "load image",
    "open image",
    "import image",
    "image input",
    "upload image",
    "read image",
    "image loader",
  ],
  essentialsCategory: "Basics",
  inputs: { image: combo(({ list }) => list("input"), { imageUpload: true }) },
  outputs: { IMAGE: IMAGE.output, MASK: MASK.output },
  validates: ["image"],
  validate: async ({ image }, { folders }) =>
    image === undefined || folders.resolve("input", image) !== null
      ? null
      : { input: "image", details: `Invalid image file: ${image}` },
  async fingerprint({ image }, { folders }) {
    const path = image === undefined ? null : folders.resolve("input", image);
    if (path === null) return "none";
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    return hash.digest("hex");
  },
  async execute({ image }, { folders }) {
    const path = folders.resolve("input", image);
    if (path === null) throw new MissingFile(`there is no picture "${image}" in ${folders.input}`);
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > MAX_BYTES) throw new TooLarge(path, `has ${size} bytes; at most ${MAX_BYTES} are read`);
      const pixels = decodePng(await file.readFile(), path);
      return { IMAGE: fromBytes(pixels), MASK: maskFromAlpha(pixels) };
    } finally {
      await file.close();
    }
  },
});
