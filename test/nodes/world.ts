import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Folders, WeirContext, WeirNode } from "../../src/nodes/context.ts";
import { createFolders } from "../../src/nodes/folders.ts";
import { allNodes } from "../../src/nodes/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { type CacheMode, createResultCache } from "../../src/workflow/createResultCache.ts";
import { type Execution, type ExecutionEvent, execute } from "../../src/workflow/execute.ts";
import type { NodeContext, Prompt } from "../../src/workflow/node.ts";
import type { ResultCache } from "../../src/workflow/resultCache.ts";
import { type Validation, validate } from "../../src/workflow/validate.ts";

/** A base directory of its own with all nodes, and the way to run prompts in it. Without `runtime`, nodes that compute cannot run. */
export interface World {
  readonly base: string;
  readonly folders: Folders;
  readonly cache: ResultCache;
  readonly warnings: string[];
  check(prompt: Prompt): Promise<Validation>;
  /** Validates and runs; throws what a node throws, or an error with the validation when nothing can run. */
  run(prompt: Prompt, options?: RunOptions): Promise<Execution & { readonly status: "success" }>;
  node(name: string): WeirNode;
  context(options?: RunOptions): WeirContext;
  close(): void;
}

export interface RunOptions {
  readonly extraPngInfo?: Record<string, unknown>;
  readonly disableMetadata?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ExecutionEvent) => void;
  readonly targets?: readonly string[] | null;
}

export function openWorld({
  runtime,
  base,
  cache: cacheMode,
}: {
  readonly runtime?: Runtime;
  readonly base?: string;
  readonly cache?: CacheMode;
} = {}): World {
  const scratch = mkdtempSync(join(tmpdir(), "weir-nodes-"));
  const folders = createFolders({
    baseDirectory: base ?? scratch,
    outputDirectory: join(scratch, "output"),
    inputDirectory: join(scratch, "input"),
    tempDirectory: join(scratch, "temp"),
  });
  mkdirSync(folders.input);
  const cache = createResultCache(cacheMode);
  const warnings: string[] = [];
  const byName = new Map(allNodes.map((node) => [node.name, node]));
  const nodes = (name: string) => byName.get(name);
  const contextOf = (more: NodeContext, { disableMetadata = false }: RunOptions): WeirContext => ({
    ...more,
    runtime: runtime as Runtime,
    folders,
    options: { disableMetadata },
    warn: (text) => warnings.push(text),
  });
  const plain = (prompt: Prompt, options: RunOptions): NodeContext => ({
    nodeId: "1",
    signal: options.signal ?? new AbortController().signal,
    prompt,
    extraPngInfo: options.extraPngInfo ?? {},
    progress: () => {},
  });
  const check = (prompt: Prompt, targets: readonly string[] | null = null) =>
    validate(prompt, { nodes, catalogue: folders, context: () => contextOf(plain(prompt, {}), {}), targets });
  return {
    base: base ?? scratch,
    folders,
    cache,
    warnings,
    check,
    async run(prompt, options = {}) {
      const checked = await check(prompt, options.targets);
      if (!checked.ok) throw new Error(JSON.stringify(checked.nodeErrors));
      const result = await execute({
        prompt: checked.prompt,
        outputs: checked.outputs,
        nodes,
        cache,
        extraPngInfo: options.extraPngInfo ?? {},
        signal: options.signal ?? new AbortController().signal,
        context: (more) => contextOf(more, options),
        ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
      });
      if (result.status === "error") throw result.error;
      if (result.status === "interrupted") throw new Error("interrupted");
      return result;
    },
    node: (name) => byName.get(name)!,
    context: (options = {}) => contextOf(plain({}, options), options),
    close: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

export const n = (class_type: string, inputs: Record<string, unknown>) => ({ class_type, inputs });
