import { createResultCache } from "../../workflow/createResultCache.ts";
import { describeValidation } from "../../workflow/describeValidation.ts";
import { execute } from "../../workflow/execute.ts";
import type { NodeContext, Prompt } from "../../workflow/node.ts";
import { validate } from "../../workflow/validate.ts";
import type { NodeErrors } from "../../workflow/validationErrors.ts";
import type { Folders, WeirContext, WeirNode } from "../context.ts";
import { allNodes } from "../index.ts";
import { UpcomingModels } from "../upcomingModels.ts";
import {
  type PlanningDevice,
  type PlanningOptions,
  type PlanningRuntime,
  planningRuntime,
  type RecordedModel,
  type RecordedRun,
} from "./planningRuntime.ts";

/** What runs on one device. */
export interface RecordedDevice {
  readonly models: readonly RecordedModel[];
  readonly runs: readonly RecordedRun[];
}

export interface RecordingOptions extends PlanningOptions {
  /** The CPU beside a device with memory of its own, for what a workflow puts there; asked for by who does. Default: there is none. */
  readonly cpu?: () => Promise<PlanningDevice>;
  /** The classes there are. Default: Weir's own. */
  readonly nodes?: readonly WeirNode[];
}

/** What a workflow would make its runtime do, in the order in which it would. */
export type Recording =
  | {
      readonly status: "recorded";
      readonly models: readonly RecordedModel[];
      readonly runs: readonly RecordedRun[];
      /** What it puts on the CPU beside the device: a residency of its own. */
      readonly beside: RecordedDevice | null;
      /** Class of each node that runs, by id. */
      readonly classes: Readonly<Record<string, string>>;
      readonly warnings: readonly string[];
    }
  | {
      readonly status: "invalid";
      readonly lines: readonly string[];
      readonly nodeErrors: Readonly<Record<string, NodeErrors>>;
    }
  | { readonly status: "error"; readonly node: string; readonly classType: string; readonly error: unknown };

/**
 * Executes a workflow on a runtime that has no device: loaders read headers, everything that uses a model says what it would use. Nodes that
 * show or save something are left out, so nothing leaves and nothing is written. Host arithmetic is done, on zeros: sizes come out right.
 */
export async function recordWorkflow(
  prompt: Prompt,
  folders: Folders,
  { cpu, nodes: known = allNodes, ...options }: RecordingOptions,
): Promise<Recording> {
  let runsBegun = 0;
  const nextRun = () => runsBegun++;
  const runtime = planningRuntime({ ...options, nextRun });
  let beside: PlanningRuntime | null = null;
  // What a workflow puts on the CPU beside a card takes RAM and none of the card's memory; `--vram-weights` is the card's alone.
  const besideRuntime = async (): Promise<PlanningRuntime> => {
    if (cpu === undefined || options.device.info.unified) return runtime;
    const { vramWeights: _, ...everywhere } = options;
    const device = await cpu();
    beside ??= planningRuntime({ ...everywhere, device, nextRun });
    beside.node = runtime.node;
    return beside;
  };
  const byName = new Map(known.map((node) => [node.name, node.outputNode === true ? unshown(node) : node]));
  const nodes = (classType: string) => byName.get(classType);
  const warnings: string[] = [];
  const upcoming = new UpcomingModels(nodes);
  const contextOf = (base: NodeContext): WeirContext => ({
    ...base,
    runtime: upcoming.watch(runtime, base.nodeId),
    cpu: async () => upcoming.watch(await besideRuntime(), base.nodeId),
    folders,
    options: { disableMetadata: true },
    warn: (text) => void warnings.push(text),
  });
  const { signal } = new AbortController();
  try {
    const checked = await validate<WeirContext>(prompt, {
      nodes,
      catalogue: folders,
      context: (nodeId, prompt) => contextOf({ nodeId, signal, prompt, extraPngInfo: {}, progress: () => {} }),
    });
    const { nodeErrors } = checked;
    if (!checked.ok) return { status: "invalid", lines: describeValidation(checked), nodeErrors };
    if (Object.keys(nodeErrors).length > 0) warnings.push(...describeValidation(checked));
    upcoming.begin(checked.prompt, checked.outputs);
    const execution = await execute<WeirContext>({
      prompt: checked.prompt,
      outputs: checked.outputs,
      nodes,
      cache: createResultCache(),
      signal,
      context: contextOf,
      onEvent: (event) => {
        if (event.kind === "executing") {
          for (const each of [runtime, beside]) {
            if (each === null) continue;
            each.node = event.node;
            each.announceNext(upcoming.after(event.node));
          }
        }
        if (event.kind === "progress_state" && event.state === "finished") upcoming.done(event.node);
      },
    });
    if (execution.status === "error") {
      const { node, classType, error } = execution;
      return { status: "error", node, classType, error };
    }
    if (execution.status !== "success") throw new Error("invariant: nobody interrupts a plan");
    const classes = Object.fromEntries(execution.executed.map((id) => [id, prompt[id]!.class_type]));
    const { models, runs } = runtime;
    return { status: "recorded", models, runs, beside: besideOf(beside), classes, warnings };
  } finally {
    await runtime.close();
    await (beside as PlanningRuntime | null)?.close();
  }
}

const besideOf = (beside: PlanningRuntime | null): RecordedDevice | null =>
  beside && { models: beside.models, runs: beside.runs };

const unshown = (node: WeirNode): WeirNode => ({
  ...node,
  execute: () => Promise.resolve({ outputs: node.outputs.map(() => undefined), ui: {} }),
});
