import type { Prompt } from "./node.ts";
import type { Declarations } from "./settings/place.ts";
import { setInput } from "./settings/setInput.ts";
import { setNumbers } from "./settings/setNumbers.ts";
import { setText } from "./settings/setText.ts";

export type { Declarations } from "./settings/place.ts";
export { shiftSeeds } from "./settings/setNumbers.ts";

export interface Settings {
  /** `node.input=value`, in order; later ones win. */
  readonly set?: readonly string[];
  /** The text that feeds what is wanted (positive). */
  readonly prompt?: string;
  /** For every seed. */
  readonly seed?: bigint;
  /** For every node with steps. */
  readonly steps?: number;
}

/**
 * A prompt with other values, typed as the inputs declare. Pure: the given prompt stays. Bounds are for `validate`. Throws SettingError,
 * which lists what would have fitted. A value that comes by a link from a primitive node is set there.
 */
export function applySettings(prompt: Prompt, settings: Settings, declarations: Declarations): Prompt {
  let result = prompt;
  for (const text of settings.set ?? []) result = setInput(result, text, declarations);
  if (settings.prompt !== undefined) result = setText(result, settings.prompt, declarations);
  if (settings.seed !== undefined) result = setNumbers(result, "seed", settings.seed, declarations);
  if (settings.steps !== undefined) result = setNumbers(result, "steps", settings.steps, declarations);
  return result;
}
