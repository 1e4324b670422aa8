import { maskFromChannel } from "../../image/maskFromChannel.ts";
import { combo, node } from "../declare.ts";
import { MASK } from "../kinds.ts";
import { checkPicture, pictureFingerprint, pictureInput } from "./pictureInput.ts";
import { readPicture } from "./readPicture.ts";

const CHANNELS = ["alpha", "red", "green", "blue"] as const;
type Channel = (typeof CHANNELS)[number];

/** One channel of a picture of the input folder as a mask; of alpha, 1 - alpha. Without that channel: 64 x 64 zeros. */
export const LoadImageMask = node({
  name: "LoadImageMask",
  displayName: "Load Image (as Mask)",
  category: "image",
  pythonModule: "nodes",
  searchAliases: ["import mask", "alpha mask", "channel mask"],
  essentialsCategory: "Image Tools",
  inputs: { image: pictureInput(), channel: combo(CHANNELS) },
  outputs: { MASK: MASK.output },
  validates: ["image"],
  validate: checkPicture,
  fingerprint: pictureFingerprint,
  async execute({ image, channel }, context) {
    // validation holds it to the list
    return { MASK: maskFromChannel(await readPicture(image, context), channel as Channel) };
  },
});
