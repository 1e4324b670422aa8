import { extendBatch } from "../../image/extendBatch.ts";
import { frame, stitch } from "../../image/stitch.ts";
import { withChannels } from "../../image/withChannels.ts";
import { boolean, combo, int, node, optional } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

const COLOURS: Readonly<Record<string, readonly [number, number, number]>> = {
  white: [1, 1, 1],
  black: [0, 0, 0],
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
};

/**
 * A second picture beside the first. It takes the first one's size across (by lanczos, in its proportions), or the smaller one gets a
 * frame: white if the gap is white, else black, alpha included. A shorter batch shows its last picture again.
 */
export const ImageStitch = node({
  name: "ImageStitch",
  displayName: "Stitch Images",
  category: "image/transform",
  description: "Puts a second picture beside, above or below the first, with a gap if asked for.",
  pythonModule: "comfy_extras.nodes_images",
  searchAliases: ["combine images", "join images", "concatenate images", "side by side"],
  inputs: {
    image1: IMAGE.link(),
    direction: combo(["right", "down", "left", "up"], { form: "object", default: "right" }),
    match_image_size: boolean({ default: true }),
    spacing_width: int({ default: 0, min: 0, max: 1024, step: 2, advanced: true }),
    spacing_color: combo(Object.keys(COLOURS), { form: "object", default: "white", advanced: true }),
    image2: optional(IMAGE.link()),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image1, direction, match_image_size, spacing_width, spacing_color, image2 }) => {
    if (image2 === undefined) return { IMAGE: image1 };
    const down = direction === "down" || direction === "up";
    const batch = Math.max(image1.batch, image2.batch);
    let first = extendBatch(image1, batch);
    let second = extendBatch(image2, batch);
    if (match_image_size) {
      const ratio = second.width / second.height;
      const [width, height] = down
        ? [first.width, Math.trunc(first.width / ratio)]
        : [Math.trunc(first.height * ratio), first.height];
      second = scaled(second, width, height, "lanczos");
    } else {
      const [width, height] = [Math.max(first.width, second.width), Math.max(first.height, second.height)];
      const edge = new Array<number>(4).fill(spacing_color === "white" ? 1 : 0);
      const framed = (image: typeof first) =>
        down ? frame(image, width, image.height, edge) : frame(image, image.width, height, edge);
      [first, second] = [framed(first), framed(second)];
    }
    const channels = Math.max(first.channels, second.channels);
    const pair = [withChannels(first, channels), withChannels(second, channels)] as const;
    const [one, two] = direction === "left" || direction === "up" ? [pair[1], pair[0]] : pair;
    // an odd gap becomes even
    const gap = spacing_width + (spacing_width % 2);
    return { IMAGE: stitch(one, two, { down, gap, colour: [...COLOURS[spacing_color]!, 1] }) };
  },
});
