import { SettingError } from "../errors.ts";
import type { Prompt } from "../node.ts";
import { type Declarations, origin, type Place, put } from "./place.ts";

/** `--seed`, `--steps`: everywhere. Throws SettingError where there is none. */
export function setNumbers(
  prompt: Prompt,
  what: "seed" | "steps",
  value: bigint | number,
  declarations: Declarations,
): Prompt {
  const places = placesOf(prompt, what, declarations);
  if (places.length === 0)
    throw new SettingError(`no node of this workflow has ${what === "seed" ? "a seed" : "steps"}`);
  return places.reduce((result, place) => put(result, place, exact(BigInt(value))), prompt);
}

/** Every seed of a prompt moved on by `by`, modulo 2^64: the next picture of a series. A prompt without seeds comes back as it is. */
export function shiftSeeds(prompt: Prompt, by: bigint, declarations: Declarations): Prompt {
  let result = prompt;
  for (const place of placesOf(prompt, "seed", declarations)) {
    const value = prompt[place.node]!.inputs[place.input];
    if (typeof value !== "number" && typeof value !== "bigint") continue;
    result = put(result, place, exact((BigInt(value) + by) % 2n ** 64n));
  }
  return result;
}

/** Seeds are declared as such (control after generate); steps go by their name. */
function placesOf(prompt: Prompt, what: "seed" | "steps", declarations: Declarations): Place[] {
  const places: Place[] = [];
  for (const [node, { class_type, inputs }] of Object.entries(prompt)) {
    for (const [input, spec] of Object.entries(declarations(class_type)?.inputs ?? {})) {
      if (spec.type !== "INT" || !Object.hasOwn(inputs ?? {}, input)) continue;
      const wanted = what === "seed" ? /(^|_)seed$/.test(input) && spec.controlAfterGenerate : input === "steps";
      if (wanted) places.push(origin(prompt, { node, input }, declarations));
    }
  }
  return places;
}

function exact(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}
