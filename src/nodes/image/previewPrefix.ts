import { randomInt } from "node:crypto";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** A name for pictures of the temp folder that no other preview has. */
export function previewPrefix(name = "ComfyUI"): string {
  const suffix = Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `${name}_temp_${suffix}`;
}
