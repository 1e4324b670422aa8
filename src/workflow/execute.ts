import type { ExecutionEvent } from "./executionEvent.ts";
import type { NodeClass, NodeContext, Prompt } from "./node.ts";
import { PromptRun } from "./promptRun.ts";
import type { ResultCache } from "./resultCache.ts";

export type { ExecutionEvent } from "./executionEvent.ts";

export interface ExecuteOptions<Context extends NodeContext> {
  /** As validated: values coerced, no cycles. */
  readonly prompt: Prompt;
  /** The output nodes to run. */
  readonly outputs: readonly string[];
  readonly nodes: (classType: string) => NodeClass<Context> | undefined;
  readonly cache: ResultCache;
  readonly extraPngInfo?: Readonly<Record<string, unknown>>;
  readonly previews?: NodeContext["previews"];
  readonly signal: AbortSignal;
  /** Adds to what every node is given. */
  readonly context: (base: NodeContext) => Context;
  readonly onEvent?: (event: ExecutionEvent) => void;
  /** ms since 1970. */
  readonly now?: () => number;
}

/** `outputs`: what output nodes showed, by node id; those made before an error or an interrupt too. `executed`: what ran, in order. */
export type Execution = {
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly executed: readonly string[];
} & (
  | { readonly status: "success" }
  | {
      readonly status: "error";
      readonly node: string;
      readonly classType: string;
      readonly error: unknown;
      /** What it was given, as far as that was there: plain data. */
      readonly currentInputs: Readonly<Record<string, readonly unknown[]>>;
      /** Nodes whose results are there. */
      readonly currentOutputs: readonly string[];
    }
  | { readonly status: "interrupted"; readonly node?: string; readonly classType?: string }
);

/**
 * Runs a validated prompt node by node: only what its outputs need and the cache does not have. Values are lists inside: a node runs once
 * per place. A value is let go when its last reader has run, unless the cache keeps it. The signal is looked at before each node and
 * between the runs of one; within a run it is the node's. A node that fails ends the prompt and leaves no result behind; what ran before
 * stays cached. Nodes that wait (`concurrent`) wait beside others. Source: comfyui-api.md, "Execution", and the recorded transcripts.
 */
export async function execute<Context extends NodeContext>(options: ExecuteOptions<Context>): Promise<Execution> {
  return new PromptRun(options).toEnd();
}
