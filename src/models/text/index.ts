export type { TextDims } from "./dims.ts";
export { textInputs } from "./inputs.ts";
export { openTextEncoder, type TextEncoder } from "./open.ts";
export { loadTokenizer, type TextTokenizer } from "./tokenizer.ts";
