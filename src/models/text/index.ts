export type { TextDims } from "./dims.ts";
export { textInputs } from "./inputs.ts";
export { openTextEncoder, type TextEncoder, type TextOptions } from "./open.ts";
export { promptWeights, type WeightedText } from "./promptWeights.ts";
export { loadTokenizer, type TextTokenizer } from "./tokenizer.ts";
