export { openVae, type VaeModel, type VaeShape } from "./open.ts";
export { imageToPixels, type Pixels, pixelsToImage } from "./pixels.ts";
