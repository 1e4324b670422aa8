import { Blocked } from "./blocked.ts";
import type { DynamicPrompt } from "./dynamicPrompt.ts";
import type { ExecuteOptions } from "./execute.ts";
import type { ExecutionEvent, Preview } from "./executionEvent.ts";
import { graphBuilder } from "./graphBuilder.ts";
import { isLink } from "./link.ts";
import type { NodeContext } from "./node.ts";

/** What is the same for all nodes of a prompt. */
export interface ContextParts {
  readonly options: Pick<ExecuteOptions<never>, "extraPngInfo" | "previews">;
  readonly prompt: DynamicPrompt;
  readonly signal: AbortSignal;
  readonly emit: (event: ExecutionEvent) => void;
  /** The type of an output of a class; undefined where there is none. */
  readonly typeOf: (classType: string, slot: number) => string | undefined;
}

/** What one run of a node is given beside its inputs. `onMax`: told of how many steps it speaks. */
export function baseContext(parts: ContextParts, id: string, run: number, onMax: (max: number) => void): NodeContext {
  const { options, prompt, signal, emit } = parts;
  const { extraPngInfo = {}, previews } = options;
  const place = prompt.place(id);
  let graphs = 0;
  return {
    nodeId: id,
    signal,
    prompt: prompt.original,
    extraPngInfo,
    dynamicPrompt: prompt,
    linkTypes: linkTypes(parts, id),
    run,
    ...(previews === undefined ? {} : { previews }),
    progress: (value: number, max: number, preview?: Preview) => {
      onMax(max);
      emit({ kind: "progress", ...place, value, max, ...(preview === undefined ? {} : { preview }) });
    },
    showText: (text) => emit({ kind: "progress_text", ...place, text }),
    block: (message) => new Blocked(message ?? null),
    graph: () => graphBuilder(`${id}.${run}.${graphs++}.`),
  };
}

/** Of its inputs that are links. */
function linkTypes({ prompt, typeOf }: ContextParts, id: string): Record<string, string> {
  const types: Record<string, string> = {};
  for (const [name, value] of Object.entries(prompt.get(id)?.inputs ?? {})) {
    if (!isLink(value)) continue;
    const source = prompt.get(value[0]);
    types[name] = (source && typeOf(source.class_type, value[1])) ?? "*";
  }
  return types;
}
