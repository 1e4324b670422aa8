/** A prompt as Flux 2 klein's text encoder was trained to see it: a user's message and an answer whose thinking is over. */
export const kleinTemplate = (prompt: string): string =>
  `<|im_start|>user\n${withoutEscapes(prompt)}<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n`;

/** The same for Flux 2 dev's: what the model is to do, then the user's words. */
export const devTemplate = (prompt: string): string => `${DEV_TASK}[INST]${withoutEscapes(prompt)}[/INST]`;

/** Source: golden/text/tekken_tiny, `template`; the encoder was trained with these very words. */
const DEV_TASK =
  "[SYSTEM_PROMPT]You are an AI that reasons about image descriptions. You give structured responses focusing on object relationships, object\nattribution and actions without speculation.[/SYSTEM_PROMPT]";

/** Parentheses are literal, there are no prompt weights here; prompts written for models that have them escape theirs. */
const withoutEscapes = (prompt: string): string => prompt.replace(/\\([()])/g, "$1");
