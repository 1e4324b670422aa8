import { type Chromaticities, encodeExr } from "../../formats/encodeExr.ts";
import { encodePng } from "../../formats/png.ts";
import { type ColorSpace, linearLight } from "../../image/linearLight.ts";
import { toBytes } from "../../image/toBytes.ts";
import { toWords } from "../../image/toWords.ts";
import { choice, combo, node, text } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { IMAGE } from "../kinds.ts";
import type { Image } from "../values.ts";
import { type PictureFormat, savePictures } from "./savePictures.ts";

/** Red, green, blue and the white of daylight (D65). ITU-R BT.709 and BT.2020. */
const BT709: Chromaticities = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329];
const BT2020: Chromaticities = [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329];

/** Throws NodeInputError. */
function channelsOf({ channels }: Image): 1 | 3 | 4 {
  if (channels === 1 || channels === 3 || channels === 4) return channels;
  throw new NodeInputError(`pictures of ${channels} channels cannot be saved; 1 (grey), 3 (RGB) and 4 (RGBA) can`);
}

const png = (depth: 8 | 16): PictureFormat => ({
  ending: ".png",
  encode(images, index, text) {
    const { width, height } = images;
    const data = depth === 16 ? toWords(images, index) : toBytes(images, index);
    return encodePng({ width, height, channels: channelsOf(images), depth, data }, text);
  },
});

const exr = (from: ColorSpace): PictureFormat => ({
  ending: ".exr",
  encode(images, index, text) {
    const { width, height } = images;
    const channels = channelsOf(images);
    const count = width * height * channels;
    const data = linearLight(images.data.subarray(index * count, (index + 1) * count), channels, from);
    return encodeExr({ width, height, channels, data }, text, from === "HDR" ? BT2020 : BT709);
  },
});

/**
 * Saves pictures as PNG of 8 or 16 bits, or as EXR: 32-bit floats in linear light, nothing cut off. Names end in the counter, without the
 * underscore of SaveImage's.
 */
export const SaveImageAdvanced = node({
  name: "SaveImageAdvanced",
  displayName: "Save Image (Advanced)",
  category: "image",
  description: "Saves pictures into the output folder, as PNG of 8 or 16 bits or as EXR.",
  pythonModule: "comfy_extras.nodes_images",
  searchAliases: ["save", "save image", "export image", "output image", "write image"],
  essentialsCategory: "Basics",
  inputs: {
    images: IMAGE.link("The pictures to save."),
    filename_prefix: text({
      default: "ComfyUI",
      multiline: false,
      tooltip: "How file names start; folder/name and %width%, %height%, %year%, ... are possible.",
    }),
    format: choice(
      {
        png: {
          bit_depth: combo(["8-bit", "16-bit"], { form: "object", default: "8-bit", advanced: true }),
          input_color_space: combo(["sRGB"], { form: "object", default: "sRGB", advanced: true }),
        },
        exr: {
          bit_depth: combo(["32-bit float"], { form: "object", default: "32-bit float", advanced: true }),
          input_color_space: combo(["sRGB", "HDR", "linear"], {
            form: "object",
            default: "sRGB",
            advanced: true,
            tooltip:
              "What the pictures' values are: sRGB, HDR (hybrid log-gamma, BT.2020's colours) or linear already. The file is linear.",
          }),
        },
      },
      { tooltip: "The kind of file." },
    ),
  },
  hidden: { prompt: "PROMPT", extra_pnginfo: "EXTRA_PNGINFO" },
  outputs: { images: IMAGE.output },
  outputNode: true,
  saves: true,
  async execute({ images, filename_prefix, format }, context) {
    const chosen =
      format.key === "exr" ? exr(format.input_color_space as ColorSpace) : png(format.bit_depth === "16-bit" ? 16 : 8);
    const saved = await savePictures(images, filename_prefix, "output", context, 0, chosen);
    return { outputs: { images }, ui: { ...saved } };
  },
});
