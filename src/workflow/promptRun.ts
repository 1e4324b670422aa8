import { baseContext, type ContextParts } from "./baseContext.ts";
import { Blocked } from "./blocked.ts";
import { checkExpansion } from "./checkExpansion.ts";
import { describeInputs } from "./describeInputs.ts";
import { DynamicPrompt } from "./dynamicPrompt.ts";
import { NodeContractError } from "./errors.ts";
import type { ExecuteOptions, Execution } from "./execute.ts";
import type { ExecutionEvent } from "./executionEvent.ts";
import { gatherInputs, type InputLists } from "./gatherInputs.ts";
import { hiddenInputs } from "./hiddenInputs.ts";
import { Keepers } from "./keepers.ts";
import { isLink } from "./link.ts";
import { liveInputs } from "./liveInputs.ts";
import { LiveResults } from "./liveResults.ts";
import { mergeResults, mergeUi } from "./mergeResults.ts";
import type { Link, NodeContext, NodeResult, PromptNode } from "./node.ts";
import type { NodeOutcome } from "./nodeOutcome.ts";
import { blockedIn, overLists, type RunInputs } from "./overLists.ts";
import { PromptNodes } from "./promptNodes.ts";
import { Schedule } from "./schedule.ts";
import { ShownUi } from "./shownUi.ts";
import { sourcesOf } from "./sourcesOf.ts";

/** What a node that has begun and is not over has so far. */
type Begun =
  /** It waits for something outside. */
  | { readonly kind: "waiting"; readonly results: Promise<readonly NodeResult[]> }
  /** Nodes of its expansion run. */
  | { readonly kind: "expanded"; readonly results: readonly NodeResult[] };

/** One prompt while it runs: `execute`'s state. */
export class PromptRun<Context extends NodeContext> {
  readonly #options: ExecuteOptions<Context>;
  readonly #emit: (event: ExecutionEvent) => void;
  readonly #now: () => number;
  readonly #prompt: DynamicPrompt;
  readonly #nodes: PromptNodes<Context>;
  readonly #parts: ContextParts;
  readonly #schedule: Schedule;
  readonly #keepers: Keepers;
  readonly #results: LiveResults<Context>;
  readonly #begun = new Map<string, Begun>();
  /** The lazy inputs that nodes have asked for. */
  readonly #asked = new Map<string, Set<string>>();
  /** The last progress of a node. */
  readonly #steps = new Map<string, number>();
  readonly #shown: ShownUi;
  readonly #executed: string[] = [];
  /** Stops what still waits outside when the prompt is over. */
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  #over = false;
  /** Goes on when something that waited outside is there. */
  #wake: () => void = () => {};

  constructor(options: ExecuteOptions<Context>) {
    this.#options = options;
    const { onEvent = () => {}, now = Date.now } = options;
    // What waits outside and does not stop must not talk into the next prompt.
    this.#emit = (event) => {
      if (!this.#over) onEvent(event);
    };
    this.#now = now;
    this.#prompt = new DynamicPrompt(options.prompt);
    this.#nodes = new PromptNodes(this.#prompt, options.nodes);
    this.#results = new LiveResults(this.#nodes, options.cache, options.nodes);
    this.#shown = new ShownUi(this.#prompt, this.#emit);
    this.#signal = AbortSignal.any([options.signal, this.#ending.signal]);
    this.#parts = {
      options,
      prompt: this.#prompt,
      signal: this.#signal,
      emit: this.#emit,
      typeOf: (classType, slot) => options.nodes(classType)?.outputs[slot]?.type,
    };
    this.#schedule = new Schedule({
      sources: (id) => sourcesOf(this.#nodes.node(id), this.#nodes.class(id), true),
      has: (id) => this.#results.has(id),
      output: (id) => this.#nodes.class(id).outputNode === true,
      concurrent: (id) => this.#nodes.class(id).concurrent === true,
    });
    this.#keepers = new Keepers({
      sources: (id) => [...sourcesOf(this.#nodes.node(id), this.#nodes.class(id)), ...this.#expandedSources(id)],
      has: (id) => this.#results.find(id) !== undefined,
      drop: (id) => this.#results.drop(id),
    });
  }

  async toEnd(): Promise<Execution> {
    const { outputs, cache, signal } = this.#options;
    this.#emit({ kind: "execution_start", timestamp: this.#now() });
    await this.#begin();
    let id: string | undefined;
    try {
      for (const output of outputs) this.#keepers.enter(output, null);
      for (const output of outputs) this.#schedule.add(output);
      for (const found of this.#results.ids()) {
        if (!this.#schedule.has(found)) this.#shown.showInside(found, this.#results.get(found)!);
      }
      while (this.#schedule.size > 0) {
        // Nodes that never wait would else keep the loop from what asks them to stop, and from all others. Who waits outside may be there
        // after it, so what is next is asked after it.
        await new Promise((turn) => setImmediate(turn));
        const next = this.#schedule.next();
        id = next ?? id;
        if (signal.aborted) return this.#interrupted(id);
        if (next === undefined) await this.#someoneOutside();
        else await this.#step(next);
      }
      return { status: "success", outputs: this.#shown.all, executed: this.#executed };
    } catch (error) {
      if (signal.aborted) return this.#interrupted(id);
      if (id === undefined) throw error;
      return this.#failed(id, error);
    } finally {
      this.#over = true;
      this.#ending.abort();
      cache.end();
    }
  }

  /** Tells the cache what the prompt names, and the caller what is there. */
  async #begin(): Promise<void> {
    const { prompt, cache } = this.#options;
    const ids = Object.keys(prompt);
    for (const id of ids) await this.#results.fingerprint(id, () => this.#context(id, 0));
    const keys = ids.map((id) => this.#results.key(id)).filter((key) => key !== null);
    cache.begin(new Set(keys), new Set(ids.map((id) => this.#nodes.ownerOf(id))));
    const nodes = ids.filter((id) => this.#results.cached(id) !== undefined);
    this.#emit({ kind: "execution_cached", nodes, timestamp: this.#now() });
  }

  /** Runs a node, or as far as it goes now. */
  async #step(id: string): Promise<void> {
    const begun = this.#begun.get(id);
    if (begun?.kind === "expanded") return this.#finish(id, begun.results);
    if (begun?.kind === "waiting") return this.#took(id, await begun.results);
    // The cache may have it by now: an equal node ran a moment ago.
    const found = this.#results.find(id);
    if (found !== undefined) return this.#found(id, found);

    const node = this.#nodes.class(id);
    const place = this.#prompt.place(id);
    this.#emit({ kind: "progress_state", ...place, state: "running", value: 0, max: 1 });
    this.#emit({ kind: "executing", ...place, classType: node.name });
    const inputs = await this.#inputs(id);
    if (inputs === null) return;

    const results = this.#run(id, inputs);
    if (node.concurrent !== true) return this.#took(id, await results);
    let there = false;
    const release = () => {
      there = true;
      this.#schedule.release(id);
      this.#wake();
    };
    results.then(release, release);
    await new Promise((turn) => setImmediate(turn));
    if (there) return this.#took(id, await results);
    this.#begun.set(id, { kind: "waiting", results });
    this.#schedule.hold(id);
  }

  /** Until something that waits outside is there, or the prompt is stopped. */
  async #someoneOutside(): Promise<void> {
    if (this.#schedule.held === 0) {
      const circle = this.#schedule.circle().map((id) => `${id} (${this.#nodes.node(id).class_type})`);
      const text = [...circle, circle[0]].join(" -> ");
      throw new NodeContractError("bad-expansion", `the expansion cannot run: its links go in a circle: ${text}`);
    }
    const { signal } = this.#options;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** What a node is given; null: it asked for lazy inputs that are not there yet, and comes again when they are. */
  async #inputs(id: string): Promise<InputLists | null> {
    const node = this.#nodes.class(id);
    const asked = this.#asked.get(id) ?? new Set();
    this.#asked.set(id, asked);
    for (;;) {
      const inputs = gatherInputs(this.#nodes.node(id), node, (source) => this.#results.get(source), asked);
      const more = await this.#askedFor(id, inputs);
      if (more.length === 0) return inputs;
      for (const name of more) asked.add(name);
      const missing = more
        .map((name) => sourceOf(this.#nodes.node(id), name))
        .filter((source) => !this.#results.has(source));
      for (const source of missing) this.#schedule.require(source, id);
      if (missing.length > 0) return null;
    }
  }

  /** The lazy inputs that a node needs beside those that it has. */
  async #askedFor(id: string, inputs: InputLists): Promise<readonly string[]> {
    const node = this.#nodes.class(id);
    if (node.checkLazyStatus === undefined) return [];
    const names = new Set<string>();
    for (const [run, given] of overLists(inputs, node.inputIsList === true).entries()) {
      if (blockedIn(given, node.inputIsList === true) !== undefined) continue;
      for (const name of await node.checkLazyStatus(given, this.#context(id, run))) names.add(name);
    }
    const { inputs: given } = this.#nodes.node(id);
    const live = liveInputs(node.inputs, given);
    const lazy = (name: string) => live[name]?.lazy === true && isLink(given[name]);
    return [...names].filter((name) => lazy(name) && !this.#asked.get(id)!.has(name));
  }

  /** All runs of a node over its lists, one after the other unless they wait outside. */
  async #run(id: string, inputs: InputLists): Promise<readonly NodeResult[]> {
    const node = this.#nodes.class(id);
    const runs = overLists(inputs, node.inputIsList === true);
    if (node.concurrent === true) return Promise.all(runs.map((given, run) => this.#runOnce(id, given, run)));
    const results: NodeResult[] = [];
    for (const [run, given] of runs.entries()) results.push(await this.#runOnce(id, given, run));
    return results;
  }

  async #runOnce(id: string, given: RunInputs, run: number): Promise<NodeResult> {
    this.#signal.throwIfAborted();
    const node = this.#nodes.class(id);
    const blocked = blockedIn(given, node.inputIsList === true);
    if (blocked !== undefined) return { outputs: [], blocked: this.#tell(id, blocked) };
    return node.execute(
      { ...given, ...hiddenInputs(id, node, this.#prompt, this.#options.extraPngInfo) },
      this.#context(id, run),
    );
  }

  /** A message is told by the first node that it stops. */
  #tell(id: string, { message }: Blocked): Blocked {
    if (message !== null) {
      const place = this.#prompt.place(id);
      const executed = [...this.#executed];
      const classType = this.#nodes.class(id).name;
      this.#emit({ kind: "execution_blocked", ...place, classType, message, executed, timestamp: this.#now() });
    }
    return new Blocked(null);
  }

  /** A node's runs are over: it is too, unless some of them expanded. */
  async #took(id: string, results: readonly NodeResult[]): Promise<void> {
    const node = this.#nodes.class(id);
    // What is wrong with a result is told before anything of it is shown.
    if (results.every(({ expand }) => expand === undefined)) mergeResults(node, results);
    const ui = mergeUi(results);
    if (ui !== undefined) {
      this.#emit({ kind: "executed", ...this.#prompt.place(id), ui });
      this.#shown.show(id, ui);
    }
    if (results.some(({ expand }) => expand !== undefined)) await this.#expand(id, results);
    else this.#finish(id, results);
  }

  async #expand(id: string, results: readonly NodeResult[]): Promise<void> {
    const { nodes } = this.#options;
    const added: string[] = [];
    for (const result of results) {
      if (result.expand === undefined) continue;
      checkExpansion(this.#nodes.class(id), result, this.#prompt, nodes);
      this.#prompt.add(id, result.expand);
      added.push(...Object.keys(result.expand));
    }
    for (const node of added) await this.#results.fingerprint(node, () => this.#context(node, 0));
    this.#begun.set(id, { kind: "expanded", results });
    for (const node of added) {
      if (this.#nodes.class(node).outputNode !== true) continue;
      this.#keepers.enter(node, null);
      this.#schedule.add(node);
    }
    for (const source of this.#expandedSources(id)) {
      this.#keepers.enter(source, id);
      this.#schedule.require(source, id);
    }
  }

  /** The nodes whose results stand for those of a node that expanded. */
  #expandedSources(id: string): readonly string[] {
    const begun = this.#begun.get(id);
    if (begun?.kind !== "expanded") return [];
    const expanded = begun.results.filter(({ expand }) => expand !== undefined);
    return [...new Set(expanded.flatMap(({ outputs }) => outputs.filter(isLink).map(([from]) => from)))];
  }

  #finish(id: string, results: readonly NodeResult[]): void {
    const outputs = mergeResults(this.#nodes.class(id), results, (source) => this.#results.get(source));
    const outcome: NodeOutcome = { outputs, ...this.#shown.of(id) };
    this.#results.keep(id, outcome);
    this.#executed.push(id);
    this.#close(id, outcome);
  }

  /** It is not run: its results are there. What it showed is shown again. */
  #found(id: string, outcome: NodeOutcome): void {
    this.#shown.showInside(id, outcome);
    const { ui, shownBy } = outcome;
    const other = shownBy === undefined || shownBy.node === id ? {} : { shownBy };
    this.#emit({ kind: "executed", ...this.#prompt.place(id), ui: ui ?? null, ...other });
    if (ui !== undefined) this.#shown.show(id, ui);
    this.#close(id, outcome);
  }

  /** A node is over, with these results. */
  #close(id: string, outcome: NodeOutcome): void {
    const max = this.#steps.get(id) ?? 1;
    this.#emit({ kind: "progress_state", ...this.#prompt.place(id), state: "finished", value: max, max });
    this.#results.add(id, outcome);
    this.#keepers.leave(id);
    if (!this.#keepers.wanted(id)) this.#results.drop(id);
    this.#begun.delete(id);
    this.#asked.delete(id);
    this.#schedule.done(id);
  }

  #interrupted(id: string | undefined): Execution {
    const where = id === undefined ? {} : { node: id, classType: this.#nodes.class(id).name };
    return { status: "interrupted", ...where, outputs: this.#shown.all, executed: this.#executed };
  }

  #failed(id: string, error: unknown): Execution {
    const node = this.#nodes.class(id);
    return {
      status: "error",
      node: id,
      classType: node.name,
      error,
      currentInputs: describeInputs(
        gatherInputs(this.#nodes.node(id), node, (source) => this.#results.get(source), this.#asked.get(id), true),
      ),
      currentOutputs: [...new Set([...this.#executed, ...this.#results.ids()])],
      outputs: this.#shown.all,
      executed: this.#executed,
    };
  }

  #context(id: string, run: number): Context {
    return this.#options.context(baseContext(this.#parts, id, run, (max) => void this.#steps.set(id, max)));
  }
}

/** The node behind an input that is a link. */
const sourceOf = ({ inputs }: PromptNode, name: string): string => (inputs[name] as Link)[0];
