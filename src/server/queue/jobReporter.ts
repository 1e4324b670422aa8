import type { JobEvent, JobResult } from "../../engine/messages.ts";
import type { NodePlace, Preview } from "../../workflow/executionEvent.ts";
import { printJson } from "../../workflow/losslessJson.ts";
import { type EncodedImage, previewFrame, previewFrameWithMetadata, textFrame } from "../socket/frames.ts";
import type { Hub } from "../socket/hub.ts";
import type { JobEnd } from "./jobRecord.ts";
import { ProgressThrottle } from "./progressThrottle.ts";
import { summarizeOutputs } from "./summarizeOutputs.ts";

type Data = Readonly<Record<string, unknown>>;

export interface ReporterOptions {
  readonly hub: Hub;
  readonly promptId: string;
  /** Who submitted the prompt; null: nobody said. */
  readonly clientId: string | null;
  /** A preview as a picture file, or null where that cannot be had. */
  readonly encode: (preview: Preview) => Promise<EncodedImage | null>;
  /** ms since 1970. */
  readonly now: () => number;
}

/**
 * Tells sockets what happens to one job and keeps what the history will say of it. Events go out in the order in which they came, also
 * while a preview is being encoded on another thread. With no client, progress and previews go to all and the rest to nobody.
 * Source: comfyui-api.md, "WebSocket".
 */
export class JobReporter {
  readonly #options: ReporterOptions;
  readonly #throttle = new ProgressThrottle();
  /** What is not told yet; null when all is. */
  #tail: Promise<void> | null = null;
  #messages: [string, Data][] = [];
  #states = new Map<string, Data>();
  #shown: Record<string, Data> = {};
  #meta: Record<string, Data> = {};
  #startTime: number | null = null;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  event(event: JobEvent): void {
    const preview = event.kind === "progress" ? event.preview : undefined;
    if (this.#tail === null && preview === undefined) {
      this.#tell(event, null);
      return;
    }
    const encoded = preview === undefined ? Promise.resolve(null) : this.#options.encode(preview).catch(() => null);
    const tail = (this.#tail ?? Promise.resolve())
      .then(async () => this.#tell(event, await encoded))
      .finally(() => {
        if (this.#tail === tail) this.#tail = null;
      });
    this.#tail = tail;
  }

  /** Tells how it ended and returns what the history keeps. */
  async finish(result: JobResult): Promise<JobEnd> {
    while (this.#tail !== null) await this.#tail;
    const endTime = ("timestamp" in result ? result.timestamp : undefined) ?? this.#options.now();
    if (result.status === "success" || result.status === "error" || result.status === "interrupted") {
      for (const [node, ui] of Object.entries(result.outputs ?? {}))
        if (!(node in this.#shown)) this.#keep(node, { node }, ui);
    }
    const prompt_id = this.#options.promptId;
    let error: Data | null = null;
    if (result.status === "success") this.#message("execution_success", { prompt_id, timestamp: endTime });
    else if (result.status === "interrupted") {
      const { node = null, classType = null, executed = [] } = result;
      const data = { prompt_id, node_id: node, node_type: classType, executed, timestamp: endTime };
      this.#keepMessage("execution_interrupted", data);
      // Where nobody submitted it, everybody is told.
      this.#options.hub.send("execution_interrupted", data, this.#options.clientId);
    } else {
      error = { prompt_id, ...errorOf(result), timestamp: endTime };
      this.#message("execution_error", error);
    }
    const completed = result.status === "success";
    const summary = summarizeOutputs(this.#shown);
    return {
      state: completed ? "completed" : result.status === "interrupted" ? "cancelled" : "failed",
      startTime: this.#startTime,
      endTime,
      shown: printJson(this.#shown),
      status: printJson({ status_str: completed ? "success" : "error", completed, messages: this.#messages }),
      meta: printJson(this.#meta),
      outputsCount: summary.count,
      previewableCount: summary.previewable,
      previewOutput: summary.preview,
      error: error === null ? null : printJson(error),
    };
  }

  #tell(event: JobEvent, image: EncodedImage | null): void {
    const { hub, promptId: prompt_id, clientId } = this.#options;
    switch (event.kind) {
      case "execution_start":
        this.#startTime ??= event.timestamp;
        this.#message("execution_start", { prompt_id, timestamp: event.timestamp });
        break;
      case "execution_cached":
        this.#message("execution_cached", { nodes: event.nodes, prompt_id, timestamp: event.timestamp });
        break;
      case "executing":
        hub.executing = { clientId, node: event.node };
        this.#toSubmitter("executing", { node: event.node, display_node: displayOf(event), prompt_id });
        break;
      case "progress_state": {
        const { state, value, max } = event;
        this.#states.set(event.node, { value, max, state, ...placeOf(event), prompt_id });
        // Of an error the client is told by its own message.
        if (state !== "error") this.#sendStates();
        break;
      }
      case "progress":
        this.#progress(event, image);
        break;
      case "progress_text":
        // Clients that read one kind of text frame only would crash on another: this is the one that all know.
        hub.sendBinary(() => textFrame(event.node, event.text), clientId);
        break;
      case "executed": {
        if (event.ui !== null) this.#keep(event.node, event.shownBy ?? event, event.ui);
        const data = { node: event.node, display_node: displayOf(event), output: event.ui, prompt_id };
        this.#toSubmitter("executed", data);
        break;
      }
      case "execution_blocked": {
        const { node, classType, message, executed, timestamp } = event;
        this.#message("execution_error", {
          prompt_id,
          node_id: node,
          node_type: classType,
          executed,
          exception_message: `Execution Blocked: ${message}`,
          exception_type: "ExecutionBlocked",
          traceback: [],
          current_inputs: {},
          current_outputs: [],
          timestamp,
        });
        break;
      }
      case "stage": {
        // Only to clients that ask for it: some take every message for one of ComfyUI's.
        const { model, stage, vramUsed, vramBudget, movedBytes } = event;
        const data = { prompt_id, model, stage, vram_used: vramUsed, vram_budget: vramBudget, moved_bytes: movedBytes };
        hub.send("weir_memory", data, null, "weir_memory");
        break;
      }
      case "restarted":
        // The prompt runs again from its start: what the first attempt did is not what the history tells.
        this.#messages = [];
        this.#states = new Map();
        this.#shown = {};
        this.#meta = {};
        break;
      default:
    }
  }

  #progress(event: Extract<JobEvent, { kind: "progress" }>, image: EncodedImage | null): void {
    const { hub, promptId: prompt_id, clientId, now } = this.#options;
    const { node, value, max } = event;
    if (!this.#throttle.passes(node, value, max, image !== null, now())) return;
    const place = placeOf(event);
    this.#states.set(node, { value, max, state: "running", ...place, prompt_id });
    // As recorded: the picture with its node comes before its progress, the plain one after it.
    if (image !== null) {
      const frame = previewFrameWithMetadata(image, { ...place, prompt_id });
      hub.sendBinary((features) => (features["supports_preview_metadata"] === true ? frame : null), clientId);
    }
    hub.send("progress", { value, max, prompt_id, node }, clientId);
    this.#sendStates();
    if (image !== null) {
      const frame = previewFrame(image);
      hub.sendBinary((features) => (features["supports_preview_metadata"] === true ? null : frame), clientId);
    }
  }

  #sendStates(): void {
    const { hub, promptId: prompt_id, clientId } = this.#options;
    hub.send("progress_state", { prompt_id, nodes: Object.fromEntries(this.#states) }, clientId);
  }

  /** `place`: of the node that showed it, which had another id where an earlier prompt's result is shown again. */
  #keep(node: string, place: NodePlace, ui: Data): void {
    this.#shown[node] = ui;
    const { node_id, parent_node_id, real_node_id, display_node_id } = placeOf(place);
    this.#meta[node] = { node_id, display_node: display_node_id, parent_node: parent_node_id, real_node_id };
  }

  /** A message that the history keeps too. */
  #message(type: string, data: Data): void {
    this.#keepMessage(type, data);
    this.#toSubmitter(type, data);
  }

  #keepMessage(type: string, data: Data): void {
    this.#messages.push([type, data]);
  }

  #toSubmitter(type: string, data: Data): void {
    const { hub, clientId } = this.#options;
    if (clientId !== null) hub.send(type, data, clientId);
  }
}

const displayOf = ({ node, expanded }: NodePlace): string => expanded?.displayNode ?? node;

const placeOf = (place: NodePlace) => ({
  node_id: place.node,
  display_node_id: displayOf(place),
  parent_node_id: place.expanded?.parentNode ?? null,
  real_node_id: place.expanded?.realNode ?? place.node,
});

/** The data of execution_error. A prompt that was valid when it was accepted may not be any more: a file has gone. */
function errorOf(result: Extract<JobResult, { status: "error" | "invalid" }>): Data {
  if (result.status === "invalid") {
    const [node = null] = Object.keys(result.nodeErrors);
    const classType =
      node === null ? null : (result.nodeErrors[node] as { class_type?: unknown } | undefined)?.class_type;
    return {
      node_id: node,
      node_type: classType ?? null,
      executed: [],
      exception_message: result.lines.join("\n"),
      exception_type: "invalid-workflow",
      traceback: [],
      current_inputs: {},
      current_outputs: [],
    };
  }
  const {
    node = null,
    classType = null,
    error,
    executed = [],
    where = [],
    currentInputs = {},
    currentOutputs = [],
  } = result;
  return {
    node_id: node,
    node_type: classType,
    executed,
    exception_message: error.message,
    exception_type: error.code,
    traceback: where,
    current_inputs: currentInputs,
    current_outputs: currentOutputs,
  };
}
