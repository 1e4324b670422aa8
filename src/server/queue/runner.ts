import type { Job, JobResult, PlainError } from "../../engine/messages.ts";
import type { Engine } from "../../engine/supervisor.ts";
import type { Preview } from "../../workflow/executionEvent.ts";
import { isLink } from "../../workflow/link.ts";
import { parseJson } from "../../workflow/losslessJson.ts";
import type { Prompt } from "../../workflow/node.ts";
import type { EncodedImage } from "../socket/frames.ts";
import type { Hub } from "../socket/hub.ts";
import type { JobQueue } from "./jobQueue.ts";
import type { JobHead } from "./jobRecord.ts";
import { JobReporter } from "./jobReporter.ts";

/** What runs jobs: the supervisor, or whatever stands before it while it starts. */
export type JobEngine = Pick<Engine, "run" | "interrupt">;

export interface RunnerOptions {
  readonly queue: JobQueue;
  readonly hub: Hub;
  readonly engine: JobEngine;
  readonly encode: (preview: Preview) => Promise<EncodedImage | null>;
  /** Pictures that a run of this job in a process that died has saved. */
  readonly saved: (jobId: string) => NonNullable<Job["saved"]>;
  /** Its pictures need no remembering any more. */
  readonly forgetSaved: (jobId: string) => void;
  /** `--preview-method`, for prompts that do not say. */
  readonly previews: "none" | "latent2rgb";
  readonly now: () => number;
  /** The queue cannot be kept any more (a full disk): nothing runs from here on. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Takes jobs from the queue and runs them one after the other, for as long as there are any. A job is in the history before it leaves the queue.
 * When the server is closed, the job that runs stays where it is: the next process runs it again.
 */
export class Runner {
  readonly #options: RunnerOptions;
  #loop: Promise<void> | null = null;
  #closing = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.queue.onWork = () => this.#work();
    this.#work();
  }

  /** Takes nothing more. The job that runs is not waited for: who closes the engine ends it. */
  close(): void {
    this.#closing = true;
    this.#options.queue.onWork = () => {};
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await this.#loop;
  }

  #work(): void {
    if (this.#loop !== null || this.#closing) return;
    this.#loop = this.#runAll().then(
      () => {
        this.#loop = null;
        // Something may have come between the last look and now.
        if (this.#options.queue.waiting.length > 0) this.#work();
      },
      (error) => {
        this.#closing = true;
        this.#options.onFailure(error);
      },
    );
  }

  async #runAll(): Promise<void> {
    const { queue, engine } = this.#options;
    // The request that brought it is answered first.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#closing) {
      const head = queue.take(({ id }) => engine.interrupt(id));
      if (head === null) return;
      await this.#run(head);
    }
  }

  async #run(head: JobHead): Promise<void> {
    const { queue, hub, engine, encode, now, saved, forgetSaved } = this.#options;
    const texts = queue.store.texts(head.seq);
    const extraData = parseJson(texts.extraData) as Readonly<Record<string, unknown>>;
    const clientId = typeof extraData["client_id"] === "string" ? extraData["client_id"] : null;
    hub.executing = { clientId, node: null };
    const reporter = new JobReporter({ hub, promptId: head.id, clientId, encode, now });
    const kept = saved(head.id);
    const job: Job = {
      id: head.id,
      prompt: wrapLists(parseJson(texts.prompt) as Prompt),
      extraPngInfo: recordOf(extraData["extra_pnginfo"]),
      targets: JSON.parse(texts.outputs) as string[],
      previews: this.#previewsOf(extraData["preview_method"]),
      ...(kept.length === 0 ? {} : { saved: kept }),
    };
    let result: JobResult;
    try {
      result = await engine.run(job, (event) => reporter.event(event));
    } catch (error) {
      result = { status: "error", error: internal(error) };
    }
    if (this.#closing) return;
    const end = await reporter.finish(result);
    hub.executing = { clientId: null, node: null };
    queue.finish(end);
    forgetSaved(head.id);
    if (clientId !== null) hub.send("executing", { node: null, prompt_id: head.id }, clientId);
  }

  /** A prompt may ask for its own; "default" and what is not known here leave it to the command line. */
  #previewsOf(method: unknown): "none" | "latent2rgb" {
    if (method === "none") return "none";
    if (method === "latent2rgb" || method === "taesd" || method === "auto") return "latent2rgb";
    return this.#options.previews;
  }
}

/** Values that are lists, as they travel: the queue and the history show them bare, and a bare list is a link. */
const wrapLists = (prompt: Prompt): Prompt =>
  Object.fromEntries(
    Object.entries(prompt).map(([id, node]) => {
      const inputs = Object.entries(node.inputs ?? {}).map(([name, value]) => {
        return [name, Array.isArray(value) && !isLink(value) ? { __value__: value } : value];
      });
      return [id, { ...node, inputs: Object.fromEntries(inputs) }];
    }),
  );

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const internal = (error: unknown): PlainError => ({
  code: "internal",
  message: error instanceof Error ? error.message : String(error),
});
