import { formatBytes } from "../../runtime/formatBytes.ts";
import { planActivations } from "../../tensor/planActivations.ts";
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
  planningRuntime,
  type RecordedModel,
  type RecordedRun,
} from "./planningRuntime.ts";

/** What a workflow would make its runtime do, in the order in which it would. */
export type Recording =
  | {
      readonly status: "recorded";
      readonly models: readonly RecordedModel[];
      readonly runs: readonly RecordedRun[];
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
export async function recordWorkflow(prompt: Prompt, folders: Folders, options: PlanningOptions): Promise<Recording> {
  const runtime = planningRuntime(options);
  // What a workflow puts on the CPU beside a card takes RAM and none of the card's memory.
  const beside = options.device.info.unified ? runtime : planningRuntime({ ...options, device: besideCpu });
  const byName = new Map(allNodes.map((node) => [node.name, node.outputNode === true ? unshown(node) : node]));
  const nodes = (classType: string) => byName.get(classType);
  const warnings: string[] = [];
  const upcoming = new UpcomingModels(nodes);
  const contextOf = (base: NodeContext): WeirContext => ({
    ...base,
    runtime: upcoming.watch(runtime, base.nodeId),
    cpu: () => Promise.resolve(upcoming.watch(beside, base.nodeId)),
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
          runtime.node = event.node;
          for (const each of [runtime, beside]) each.announceNext(upcoming.after(event.node));
        }
        if (event.kind === "progress_state" && event.state === "finished") upcoming.done(event.node);
      },
    });
    if (execution.status === "error") {
      const { node, classType, error } = execution;
      return { status: "error", node, classType, error };
    }
    if (execution.status !== "success") throw new Error("invariant: nobody interrupts a plan");
    if (beside !== runtime)
      for (const { title, weights } of beside.models) {
        const bytes = weights.reduce((sum, { bytes }) => sum + bytes, 0);
        warnings.push(
          `${title} runs on the CPU, beside the card: ${formatBytes(bytes)} in RAM, which is part of --ram; no part of the plan`,
        );
      }
    const classes = Object.fromEntries(execution.executed.map((id) => [id, prompt[id]!.class_type]));
    return { status: "recorded", models: runtime.models, runs: runtime.runs, classes, warnings };
  } finally {
    await runtime.close();
    if (beside !== runtime) await beside.close();
  }
}

/** The CPU as ggml's, as far as sizes go. */
const ALIGNMENT = 32;
const besideCpu: PlanningDevice = {
  info: {
    id: "cpu",
    kind: "cpu",
    description: "CPU",
    unified: true,
    async: false,
    alignment: ALIGNMENT,
    maxBufferBytes: Number.MAX_SAFE_INTEGER,
    memoryTotal: 0,
    memoryFree: 0,
  },
  activationBytes: (program) => planActivations(program, { alignment: ALIGNMENT }).bytes,
};

const unshown = (node: WeirNode): WeirNode => ({
  ...node,
  execute: () => Promise.resolve({ outputs: node.outputs.map(() => undefined), ui: {} }),
});
