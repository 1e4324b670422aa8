import { coverMultiple } from "../../image/coverMultiple.ts";
import type { Grid } from "../../image/grid.ts";
import { gridOfImage, gridOfMask, imageOfGrid, maskOfGrid } from "../../image/grids.ts";
import { roundHalfEven } from "../../image/roundHalfEven.ts";
import { SCALING_METHODS, type Scaling, scaleGrid } from "../../image/scaleGrid.ts";
import { cut } from "../../image/window.ts";
import { choice, combo, float, int, kind, matchType, node } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import type { Image, Mask } from "../values.ts";
import { checkScaled } from "./scaled.ts";

const either = matchType("input_type", "IMAGE,MASK");
const side = (tooltip: string) => int({ default: 512, min: 0, max: 16384, step: 1, tooltip });
const crop = () =>
  combo(["disabled", "center"], {
    form: "object",
    default: "center",
    tooltip: "Where the proportions differ: stretch it, or cut it around its middle.",
  });

/** A picture or a mask of another size, found in one of nine ways. A side of 0 keeps the proportions. */
export const ResizeImageMaskNode = node({
  name: "ResizeImageMaskNode",
  displayName: "Resize Image/Mask",
  category: "image/transform",
  description:
    "Scales pictures or masks: to a size, by a factor, to a side, to an area, to another one's size or to multiples.",
  pythonModule: "comfy_extras.nodes_post_processing",
  searchAliases: [
    "resize",
    "resize image",
    "resize mask",
    "scale",
    "scale image",
    "scale mask",
    "image resize",
    "change size",
    "dimensions",
    "shrink",
    "enlarge",
  ],
  inputs: {
    input: either.link(),
    resize_type: choice(
      {
        "scale dimensions": {
          width: side("The new width in pixels; 0: as the height asks for."),
          height: side("The new height in pixels; 0: as the width asks for."),
          crop: crop(),
        },
        "scale by multiplier": {
          multiplier: float({ default: 1, min: 0.01, max: 8, step: 0.01, tooltip: "How many times as large." }),
        },
        "scale longer dimension": { longer_size: side("The longer side in pixels; the other follows.") },
        "scale shorter dimension": { shorter_size: side("The shorter side in pixels; the other follows.") },
        "scale width": { width: side("The new width in pixels; the height follows.") },
        "scale height": { height: side("The new height in pixels; the width follows.") },
        "scale total pixels": {
          megapixels: float({
            default: 1,
            min: 0.01,
            max: 16,
            step: 0.01,
            tooltip: "About how many pixels in all; 1 is as many as 1024 x 1024 has.",
          }),
        },
        "match size": {
          match: kind<Image | Mask>("IMAGE,MASK").link("The picture or mask whose size it gets."),
          crop: crop(),
        },
        "scale to multiple": {
          multiple: int({
            default: 8,
            min: 1,
            max: 16384,
            step: 1,
            tooltip: "Both sides become multiples of it: scaled a little, then cut around the middle.",
          }),
        },
      },
      { tooltip: "What the new size follows from." },
    ),
    scale_method: combo(SCALING_METHODS, {
      form: "object",
      default: "area",
      tooltip: "How values are mixed: area for smaller, lanczos for larger, nearest-exact for single pixels.",
    }),
  },
  outputs: { resized: either.output },
  execute: ({ input, resize_type: how, scale_method }) => {
    const given = pictureOrMask(input, "input");
    const method = scale_method as Scaling;
    const { width, height } = given;
    const to = (w: number, h: number, crop = "disabled") => {
      checkScaled(given, w, h);
      const grid = scaleGrid(gridOf(given), w, h, method, crop as "disabled" | "center");
      return { resized: like(given, grid) };
    };
    const follow = (known: number, own: number, other: number) => Math.max(1, roundHalfEven((other * known) / own));
    switch (how.key) {
      case "scale by multiplier":
        return to(roundHalfEven(width * how.multiplier), roundHalfEven(height * how.multiplier));
      case "scale longer dimension":
        return to(...proportional(given, how.longer_size, width > height));
      case "scale shorter dimension":
        return to(...proportional(given, how.shorter_size, width < height));
      case "scale total pixels": {
        const factor = Math.sqrt(Math.trunc(how.megapixels * 1024 * 1024) / (width * height));
        return to(roundHalfEven(width * factor), roundHalfEven(height * factor));
      }
      case "match size": {
        const match = pictureOrMask(how.match, "resize_type.match");
        return to(match.width, match.height, how.crop);
      }
      case "scale to multiple": {
        const found = coverMultiple(given, how.multiple);
        if (found === null) return { resized: input };
        const { scaled, window } = found;
        return { resized: like(given, cut(scaleGrid(gridOf(given), scaled.width, scaled.height, method), window)) };
      }
      case "scale width":
        return how.width === 0 ? { resized: input } : to(how.width, follow(how.width, width, height));
      case "scale height":
        return how.height === 0 ? { resized: input } : to(follow(how.height, height, width), how.height);
      case "scale dimensions": {
        const { width: w, height: h } = how;
        if (w === 0 && h === 0) return { resized: input };
        return to(w === 0 ? follow(h, height, width) : w, h === 0 ? follow(w, width, height) : h, how.crop);
      }
    }
  },
});

/** One side as asked for, the other in proportion. */
function proportional({ width, height }: Image | Mask, size: number, isWidth: boolean): [number, number] {
  if (width === height) return [size, size];
  return isWidth ? [size, roundHalfEven((height / width) * size)] : [roundHalfEven((width / height) * size), size];
}

function pictureOrMask(value: unknown, name: string): Image | Mask {
  const { width, height, batch, data } = (value ?? {}) as Partial<Mask>;
  if (data instanceof Float32Array && width !== undefined && height !== undefined && batch !== undefined)
    return value as Image | Mask;
  throw new NodeInputError(`ResizeImageMaskNode.${name} is neither a picture nor a mask`);
}

const gridOf = (value: Image | Mask): Grid => ("channels" in value ? gridOfImage(value) : gridOfMask(value));
const like = (value: Image | Mask, grid: Grid): Image | Mask =>
  "channels" in value ? imageOfGrid(grid) : maskOfGrid(grid);
