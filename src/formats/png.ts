export { decodePng, PNG_LIMITS } from "./decodePng.ts";
export { encodePng } from "./encodePng.ts";
export { readPngText } from "./readPngText.ts";
