import type { DynamicPrompt } from "./dynamicPrompt.ts";
import type { HiddenKind, NodeClass, NodeContext } from "./node.ts";

/** The values of a node's hidden inputs, as lists where it takes lists. */
export function hiddenInputs<Context extends NodeContext>(
  id: string,
  { hidden = {}, inputIsList }: NodeClass<Context>,
  prompt: DynamicPrompt,
  extraPngInfo: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const values: Record<HiddenKind, unknown> = {
    UNIQUE_ID: id,
    PROMPT: prompt.original,
    EXTRA_PNGINFO: extraPngInfo,
    DYNPROMPT: prompt,
  };
  return Object.fromEntries(
    Object.entries(hidden).map(([name, kind]) => [name, inputIsList === true ? [values[kind]] : values[kind]]),
  );
}
