import { cacheKeys } from "./cacheKey.ts";
import type { ExecutionEvent } from "./executionEvent.ts";
import { executionOrder, sourcesOf } from "./executionOrder.ts";
import { isLink } from "./link.ts";
import type { Link, NodeClass, NodeContext, NodeResult, Prompt } from "./node.ts";
import type { ResultCache } from "./resultCache.ts";

type Ui = Readonly<Record<string, unknown>>;

export type { ExecutionEvent } from "./executionEvent.ts";

export interface ExecuteOptions<Context extends NodeContext> {
  /** As validated: values coerced, no cycles. */
  readonly prompt: Prompt;
  /** The output nodes to run. */
  readonly outputs: readonly string[];
  readonly nodes: (classType: string) => NodeClass<Context> | undefined;
  readonly cache: ResultCache;
  readonly extraPngInfo?: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  /** Adds to what every node is given. */
  readonly context: (base: NodeContext) => Context;
  readonly onEvent?: (event: ExecutionEvent) => void;
  /** ms since 1970. */
  readonly now?: () => number;
}

/** `outputs`: what output nodes showed, by node id; those made before an error or an interrupt too. `executed`: what ran, in order. */
export type Execution = {
  readonly outputs: Readonly<Record<string, Ui>>;
  readonly executed: readonly string[];
} & (
  | { readonly status: "success" }
  | { readonly status: "error"; readonly node: string; readonly classType: string; readonly error: unknown }
  | { readonly status: "interrupted"; readonly node?: string; readonly classType?: string }
);

/**
 * Runs a validated prompt node by node: only what its outputs need and the cache does not have. A value is let go when its last reader
 * has run, unless the cache keeps it. The signal is looked at before each node; within a node it is the node's. A node that fails ends
 * the prompt and leaves no result behind; what ran before stays cached.
 */
export async function execute<Context extends NodeContext>(options: ExecuteOptions<Context>): Promise<Execution> {
  const { prompt, outputs, nodes, cache, signal } = options;
  const { onEvent: emit = () => {}, now = Date.now } = options;
  const sources = (id: string) => sourcesOf(id, prompt, nodes);
  const strongSources = (id: string) => sourcesOf(id, prompt, nodes, true);
  const contextOf = (nodeId: string): Context =>
    options.context({
      nodeId,
      signal,
      prompt,
      extraPngInfo: options.extraPngInfo ?? {},
      linkTypes: linkTypesOf(prompt, nodeId, nodes),
      progress: (value, max) => emit({ kind: "progress", node: nodeId, value, max }),
    });

  emit({ kind: "execution_start", timestamp: now() });
  const needed = executionOrder(outputs, sources, () => false);
  const fingerprints = new Map<string, string>();
  for (const id of needed) {
    const fingerprint = await fingerprintOf(prompt, id, nodes, contextOf);
    if (fingerprint !== null) fingerprints.set(id, fingerprint);
  }
  const keyOf = cacheKeys(prompt, nodes, fingerprints);
  const keys = new Map(needed.map((id) => [id, keyOf(id)]));
  cache.begin(new Set(keys.values()));

  /** Results by node id, as long as someone below needs them. */
  const live = new Map<string, NodeResult>();
  for (const id of needed) {
    const result = cache.get(keys.get(id)!);
    if (result !== undefined) live.set(id, result);
  }
  emit({ kind: "execution_cached", nodes: [...live.keys()], timestamp: now() });
  const readers = countReaders(
    executionOrder(outputs, sources, (id) => live.has(id)),
    sources,
  );

  const shown: Record<string, Ui> = {};
  const executed: string[] = [];
  const done = new Set<string>();
  // Grows where a node asks for a lazy input.
  const order = executionOrder(outputs, strongSources, (id) => live.has(id));
  for (let id = order.shift(); id !== undefined; id = order.shift()) {
    if (done.has(id)) continue;
    const classType = prompt[id]!.class_type;
    if (signal.aborted) return { status: "interrupted", node: id, classType, outputs: shown, executed };
    const key = keys.get(id)!;
    // The cache may have it by now: an equal node ran a moment ago.
    let result = live.get(id) ?? cache.get(key);
    if (result === undefined) {
      emit({ kind: "progress_state", node: id, state: "running", value: 0, max: 1 });
      emit({ kind: "executing", node: id, classType });
      try {
        const asked = askedFor(prompt, id, nodes(classType)!, live, contextOf(id));
        if (asked.length > 0) {
          order.unshift(...executionOrder(asked, strongSources, (source) => live.has(source)), id);
          continue;
        }
        result = await run(nodes(classType)!, inputsOf(prompt, id, nodes(classType)!, live), contextOf(id));
      } catch (error) {
        if (signal.aborted) return { status: "interrupted", node: id, classType, outputs: shown, executed };
        return { status: "error", node: id, classType, error, outputs: shown, executed };
      }
      cache.set(key, result);
      executed.push(id);
      if (result.ui !== undefined) emit({ kind: "executed", node: id, ui: result.ui });
    } else emit({ kind: "executed", node: id, ui: result.ui ?? null });
    emit({ kind: "progress_state", node: id, state: "finished", value: 1, max: 1 });
    if (result.ui !== undefined) shown[id] = result.ui;
    live.set(id, result);
    done.add(id);
    if ((readers.get(id) ?? 0) === 0) live.delete(id);
    // A branch that was not chosen will not run, and lets go of what was kept for it.
    for (const left = [id]; left.length > 0; ) {
      for (const source of sources(left.pop()!)) {
        const count = readers.get(source)! - 1;
        readers.set(source, count);
        if (count > 0 || live.delete(source) || done.has(source) || outputs.includes(source)) continue;
        done.add(source);
        left.push(source);
      }
    }
  }
  return { status: "success", outputs: shown, executed };
}

function linkTypesOf<Context extends NodeContext>(
  prompt: Prompt,
  id: string,
  nodes: (classType: string) => NodeClass<Context> | undefined,
): Record<string, string> {
  const links = Object.entries(prompt[id]!.inputs).filter(([, value]) => isLink(value)) as [string, Link][];
  return Object.fromEntries(
    links.map(([name, [from, slot]]) => [name, nodes(prompt[from]!.class_type)?.outputs[slot]?.type ?? "*"]),
  );
}

/** How many nodes may still ask for each node's results. */
function countReaders(ids: readonly string[], sources: (id: string) => readonly string[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const id of ids) for (const source of sources(id)) readers.set(source, (readers.get(source) ?? 0) + 1);
  return readers;
}

/** The nodes behind the lazy inputs that a node needs and that are not there yet. */
function askedFor<Context extends NodeContext>(
  prompt: Prompt,
  id: string,
  node: NodeClass<Context>,
  live: ReadonlyMap<string, NodeResult>,
  context: Context,
): readonly string[] {
  if (node.checkLazyStatus === undefined) return [];
  const { inputs } = prompt[id]!;
  const names = node.checkLazyStatus(inputsOf(prompt, id, node, live), context);
  const sources = names.map((name) => inputs[name]).filter(isLink);
  return [...new Set(sources.map(([from]) => from))].filter((from) => !live.has(from));
}

async function run<Context extends NodeContext>(
  node: NodeClass<Context>,
  inputs: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<NodeResult> {
  const result = await node.execute(inputs, context);
  if (result.outputs.length !== node.outputs.length) {
    throw new Error(`invariant: ${node.name} gave ${result.outputs.length} values, declared ${node.outputs.length}`);
  }
  return result;
}

/** A lazy input that was not asked for is left out. */
function inputsOf<Context extends NodeContext>(
  prompt: Prompt,
  id: string,
  node: NodeClass<Context>,
  live: ReadonlyMap<string, NodeResult>,
): Record<string, unknown> {
  const { inputs } = prompt[id]!;
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(node.inputs)) {
    if (!Object.hasOwn(inputs, name)) continue;
    const value = inputs[name];
    if (!isLink(value)) values[name] = value;
    else {
      const source = live.get(value[0]);
      if (source !== undefined) values[name] = source.outputs[value[1]];
      else if (spec.lazy !== true) throw new Error(`invariant: node ${value[0]} has no results, and ${id} needs them`);
    }
  }
  return values;
}

/** Linked inputs are not known yet and left out. A fingerprint that cannot be made is like no other: the node runs, and says why. */
async function fingerprintOf<Context extends NodeContext>(
  prompt: Prompt,
  id: string,
  nodes: (classType: string) => NodeClass<Context> | undefined,
  contextOf: (id: string) => Context,
): Promise<string | null> {
  const node = nodes(prompt[id]!.class_type)!;
  if (node.fingerprint === undefined) return null;
  const constants = Object.entries(prompt[id]!.inputs).filter(([, value]) => !isLink(value));
  try {
    return await node.fingerprint(Object.fromEntries(constants), contextOf(id));
  } catch {
    return `unknown-${crypto.randomUUID()}`;
  }
}
