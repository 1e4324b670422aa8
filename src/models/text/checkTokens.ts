import { BadModelInput } from "../errors.ts";

/** The attention mask grows with the square: 512 MiB here. */
const MAX_TOKENS = 16_384;

/** Throws `BadModelInput` for a text that is too long, before anything is made for it. */
export function checkTokens(tokens: number): void {
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > MAX_TOKENS)
    throw new BadModelInput(`a text of ${tokens} tokens: from 1 to ${MAX_TOKENS} are possible. Shorten the prompt.`);
}
