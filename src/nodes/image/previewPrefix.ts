import { randomInt } from "node:crypto";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** A name for pictures of the temp folder that no other preview has. */
export function previewPrefix(kind = ""): string {
  const suffix = Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `ComfyUI_temp${kind}_${suffix}`;
}
