import { node } from "../declare.ts";
import { IMAGE, INT } from "../kinds.ts";

export const GetImageSize = node({
  name: "GetImageSize",
  displayName: "Get Image Size",
  category: "image",
  description: "The width and height of pictures, and how many there are.",
  pythonModule: "comfy_extras.nodes_images",
  searchAliases: ["dimensions", "resolution", "image info"],
  inputs: { image: IMAGE.link() },
  hidden: { unique_id: "UNIQUE_ID" },
  outputs: { width: INT.output, height: INT.output, batch_size: INT.output },
  execute({ image: { width, height, batch } }, { showText }) {
    showText?.(`width: ${width}, height: ${height}\n batch size: ${batch}`);
    return { width, height, batch_size: batch };
  },
});
