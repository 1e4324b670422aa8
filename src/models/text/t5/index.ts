export { t5Inputs } from "./inputs.ts";
export { openT5, type T5Encoder } from "./open.ts";
export { t5Tokenizer } from "./tokenizer.ts";
export { emptyT5, FLUX1_T5_TOKENS, t5Tokens } from "./tokens.ts";
