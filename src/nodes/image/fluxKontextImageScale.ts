import { kontextSize } from "../../image/kontextSize.ts";
import { node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

export const FluxKontextImageScale = node({
  name: "FluxKontextImageScale",
  category: "model/conditioning/flux",
  description: "Scales a picture to the nearest of the sizes that Flux Kontext was trained with.",
  pythonModule: "comfy_extras.nodes_flux",
  inputs: { image: IMAGE.link() },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image }) => {
    const { width, height } = kontextSize(image.width, image.height);
    return { IMAGE: scaled(image, width, height, "lanczos", "center") };
  },
});
