/** A prompt as Flux 2 klein's text encoder was trained to see it: a user's message and an answer whose thinking is over. */
export const kleinTemplate = (prompt: string): string =>
  `<|im_start|>user\n${withoutEscapes(prompt)}<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n`;

/** Parentheses are literal, there are no prompt weights here; prompts written for models that have them escape theirs. */
const withoutEscapes = (prompt: string): string => prompt.replace(/\\([()])/g, "$1");
