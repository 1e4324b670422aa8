import { Blocked } from "./blocked.ts";
import { cacheKeys } from "./cacheKey.ts";
import { checkExpansion } from "./checkExpansion.ts";
import { describeInputs } from "./describeInputs.ts";
import { DynamicPrompt } from "./dynamicPrompt.ts";
import { NodeContractError } from "./errors.ts";
import type { ExecuteOptions, Execution } from "./execute.ts";
import type { ExecutionEvent } from "./executionEvent.ts";
import { gatherInputs, type InputLists } from "./gatherInputs.ts";
import { graphBuilder } from "./graphBuilder.ts";
import { Keepers } from "./keepers.ts";
import { isLink } from "./link.ts";
import { liveInputs } from "./liveInputs.ts";
import { mergeResults, mergeUi } from "./mergeResults.ts";
import type { HiddenKind, Link, NodeClass, NodeContext, NodeResult, PromptNode } from "./node.ts";
import type { NodeOutcome, ShownInside } from "./nodeOutcome.ts";
import { blockedIn, overLists, type RunInputs } from "./overLists.ts";
import { Schedule } from "./schedule.ts";
import { sourcesOf } from "./sourcesOf.ts";

type Ui = Readonly<Record<string, unknown>>;

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
  readonly #schedule: Schedule;
  readonly #keepers: Keepers;
  readonly #fingerprints = new Map<string, string>();
  readonly #keys = new Map<string, string | null>();
  readonly #keyOf: (id: string) => string | null;
  /** Results by node id, as long as someone below needs them. */
  readonly #live = new Map<string, NodeOutcome>();
  readonly #begun = new Map<string, Begun>();
  /** The lazy inputs that nodes have asked for. */
  readonly #asked = new Map<string, Set<string>>();
  /** The last progress of a node. */
  readonly #steps = new Map<string, number>();
  readonly #shown: Record<string, Ui> = {};
  /** What nodes of a node's expansion showed. */
  readonly #inside = new Map<string, ShownInside[]>();
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
    this.#signal = AbortSignal.any([options.signal, this.#ending.signal]);
    this.#keyOf = cacheKeys((id) => this.#prompt.get(id), options.nodes, this.#fingerprints);
    this.#schedule = new Schedule({
      sources: (id) => sourcesOf(this.#node(id), this.#class(id), true),
      has: (id) => this.#live.has(id),
      output: (id) => this.#class(id).outputNode === true,
      concurrent: (id) => this.#class(id).concurrent === true,
    });
    this.#keepers = new Keepers({
      sources: (id) => [...sourcesOf(this.#node(id), this.#class(id)), ...this.#expandedSources(id)],
      has: (id) => this.#find(id) !== undefined,
      drop: (id) => void this.#live.delete(id),
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
      for (const [found, outcome] of this.#live) if (!this.#schedule.has(found)) this.#showInside(found, outcome);
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
      return { status: "success", outputs: this.#shown, executed: this.#executed };
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
    for (const id of ids) await this.#fingerprint(id);
    const keys = ids.map((id) => this.#key(id)).filter((key) => key !== null);
    cache.begin(new Set(keys), new Set(ids.map((id) => this.#ownerOf(id))));
    const nodes = ids.filter((id) => this.#cached(id) !== undefined);
    this.#emit({ kind: "execution_cached", nodes, timestamp: this.#now() });
  }

  /** Runs a node, or as far as it goes now. */
  async #step(id: string): Promise<void> {
    const begun = this.#begun.get(id);
    if (begun?.kind === "expanded") return this.#finish(id, begun.results);
    if (begun?.kind === "waiting") return this.#took(id, await begun.results);
    // The cache may have it by now: an equal node ran a moment ago.
    const found = this.#find(id);
    if (found !== undefined) return this.#found(id, found);

    const node = this.#class(id);
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
      const circle = this.#schedule.circle().map((id) => `${id} (${this.#node(id).class_type})`);
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
    const node = this.#class(id);
    const asked = this.#asked.get(id) ?? new Set();
    this.#asked.set(id, asked);
    for (;;) {
      const inputs = gatherInputs(this.#node(id), node, (source) => this.#live.get(source), asked);
      const more = await this.#askedFor(id, inputs);
      if (more.length === 0) return inputs;
      for (const name of more) asked.add(name);
      const missing = more.map((name) => sourceOf(this.#node(id), name)).filter((source) => !this.#live.has(source));
      for (const source of missing) this.#schedule.require(source, id);
      if (missing.length > 0) return null;
    }
  }

  /** The lazy inputs that a node needs beside those that it has. */
  async #askedFor(id: string, inputs: InputLists): Promise<readonly string[]> {
    const node = this.#class(id);
    if (node.checkLazyStatus === undefined) return [];
    const names = new Set<string>();
    for (const [run, given] of overLists(inputs, node.inputIsList === true).entries()) {
      if (blockedIn(given, node.inputIsList === true) !== undefined) continue;
      for (const name of await node.checkLazyStatus(given, this.#context(id, run))) names.add(name);
    }
    const { inputs: given } = this.#node(id);
    const live = liveInputs(node.inputs, given);
    const lazy = (name: string) => live[name]?.lazy === true && isLink(given[name]);
    return [...names].filter((name) => lazy(name) && !this.#asked.get(id)!.has(name));
  }

  /** All runs of a node over its lists, one after the other unless they wait outside. */
  async #run(id: string, inputs: InputLists): Promise<readonly NodeResult[]> {
    const node = this.#class(id);
    const runs = overLists(inputs, node.inputIsList === true);
    if (node.concurrent === true) return Promise.all(runs.map((given, run) => this.#runOnce(id, given, run)));
    const results: NodeResult[] = [];
    for (const [run, given] of runs.entries()) results.push(await this.#runOnce(id, given, run));
    return results;
  }

  async #runOnce(id: string, given: RunInputs, run: number): Promise<NodeResult> {
    this.#signal.throwIfAborted();
    const node = this.#class(id);
    const blocked = blockedIn(given, node.inputIsList === true);
    if (blocked !== undefined) return { outputs: [], blocked: this.#tell(id, blocked) };
    return node.execute({ ...given, ...this.#hidden(id, node) }, this.#context(id, run));
  }

  /** A message is told by the first node that it stops. */
  #tell(id: string, { message }: Blocked): Blocked {
    if (message !== null) {
      const place = this.#prompt.place(id);
      const executed = [...this.#executed];
      const classType = this.#class(id).name;
      this.#emit({ kind: "execution_blocked", ...place, classType, message, executed, timestamp: this.#now() });
    }
    return new Blocked(null);
  }

  /** A node's runs are over: it is too, unless some of them expanded. */
  async #took(id: string, results: readonly NodeResult[]): Promise<void> {
    const node = this.#class(id);
    // What is wrong with a result is told before anything of it is shown.
    if (results.every(({ expand }) => expand === undefined)) mergeResults(node, results);
    const ui = mergeUi(results);
    if (ui !== undefined) {
      this.#emit({ kind: "executed", ...this.#prompt.place(id), ui });
      this.#show(id, ui);
    }
    if (results.some(({ expand }) => expand !== undefined)) await this.#expand(id, results);
    else this.#finish(id, results);
  }

  async #expand(id: string, results: readonly NodeResult[]): Promise<void> {
    const { nodes } = this.#options;
    const added: string[] = [];
    for (const result of results) {
      if (result.expand === undefined) continue;
      checkExpansion(this.#class(id), result, this.#prompt, nodes);
      this.#prompt.add(id, result.expand);
      added.push(...Object.keys(result.expand));
    }
    for (const node of added) await this.#fingerprint(node);
    this.#begun.set(id, { kind: "expanded", results });
    for (const node of added) {
      if (this.#class(node).outputNode !== true) continue;
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
    const outputs = mergeResults(this.#class(id), results, (source) => this.#live.get(source));
    const ui = this.#shown[id];
    const shown = this.#inside.get(id);
    const outcome: NodeOutcome = {
      outputs,
      ...(ui === undefined ? {} : { ui, shownBy: this.#prompt.place(id) }),
      ...(shown === undefined ? {} : { inside: { node: id, shown } }),
    };
    const key = this.#key(id);
    if (key !== null) this.#options.cache.set(key, outcome, this.#owner(id));
    this.#executed.push(id);
    this.#close(id, outcome);
  }

  /** It is not run: its results are there. What it showed is shown again. */
  #found(id: string, outcome: NodeOutcome): void {
    this.#showInside(id, outcome);
    const { ui, shownBy } = outcome;
    const other = shownBy === undefined || shownBy.node === id ? {} : { shownBy };
    this.#emit({ kind: "executed", ...this.#prompt.place(id), ui: ui ?? null, ...other });
    if (ui !== undefined) this.#show(id, ui);
    this.#close(id, outcome);
  }

  /** What nodes of its expansion showed is shown again, under the ids that they would have in this prompt. */
  #showInside(id: string, { inside }: NodeOutcome): void {
    if (inside === undefined) return;
    const here = (node: string) => moved(node, inside.node, id);
    for (const { ui, ...part } of inside.shown) {
      const [node, displayNode, parentNode] = [here(part.node), here(part.displayNode), here(part.parentNode)];
      const realNode = this.#prompt.real(id);
      this.#emit({ kind: "executed", node, expanded: { displayNode, parentNode, realNode }, ui });
      this.#shown[node] = ui;
      this.#noteInside(id, { node, displayNode, parentNode, ui });
    }
  }

  /** A node is over, with these results. */
  #close(id: string, outcome: NodeOutcome): void {
    const max = this.#steps.get(id) ?? 1;
    this.#emit({ kind: "progress_state", ...this.#prompt.place(id), state: "finished", value: max, max });
    this.#live.set(id, outcome);
    this.#keepers.leave(id);
    if (!this.#keepers.wanted(id)) this.#live.delete(id);
    this.#begun.delete(id);
    this.#asked.delete(id);
    this.#schedule.done(id);
  }

  #show(id: string, ui: Ui): void {
    this.#shown[id] = ui;
    const { expanded } = this.#prompt.place(id);
    if (expanded === undefined) return;
    const { displayNode, parentNode } = expanded;
    this.#noteInside(parentNode, { node: id, displayNode, parentNode, ui });
  }

  /** Every node around it whose result may be found again shows it then. */
  #noteInside(id: string, shown: ShownInside): void {
    for (let node: string | null = id; node !== null; node = this.#prompt.parent(node)) {
      const list = this.#inside.get(node);
      if (list === undefined) this.#inside.set(node, [shown]);
      else list.push(shown);
    }
  }

  #interrupted(id: string | undefined): Execution {
    const where = id === undefined ? {} : { node: id, classType: this.#class(id).name };
    return { status: "interrupted", ...where, outputs: this.#shown, executed: this.#executed };
  }

  #failed(id: string, error: unknown): Execution {
    const node = this.#class(id);
    return {
      status: "error",
      node: id,
      classType: node.name,
      error,
      currentInputs: describeInputs(
        gatherInputs(this.#node(id), node, (source) => this.#live.get(source), this.#asked.get(id), true),
      ),
      currentOutputs: [...new Set([...this.#executed, ...this.#live.keys()])],
      outputs: this.#shown,
      executed: this.#executed,
    };
  }

  #node(id: string): PromptNode {
    const node = this.#prompt.get(id);
    if (node === undefined) throw new Error(`invariant: there is no node ${id}`);
    return node;
  }

  #class(id: string): NodeClass<Context> {
    return this.#options.nodes(this.#node(id).class_type)!;
  }

  /** Its results, if they are there or the cache has them. */
  #find(id: string): NodeOutcome | undefined {
    const live = this.#live.get(id);
    if (live !== undefined) return live;
    const cached = this.#cached(id);
    if (cached !== undefined) this.#live.set(id, cached);
    return cached;
  }

  #cached(id: string): NodeOutcome | undefined {
    const key = this.#key(id);
    return key === null ? undefined : this.#options.cache.get(key, this.#owner(id));
  }

  #key(id: string): string | null {
    let key = this.#keys.get(id);
    if (key === undefined) {
      key = this.#keyOf(id);
      this.#keys.set(id, key);
    }
    return key;
  }

  /** Of a node of an expansion: the node of the prompt that it came from. */
  #owner(id: string): string | undefined {
    return this.#prompt.parent(id) === null ? undefined : this.#ownerOf(this.#prompt.real(id));
  }

  #ownerOf(id: string): string {
    return `${id} ${this.#node(id).class_type}`;
  }

  /** Linked inputs are not known yet and left out. A fingerprint that cannot be made is like no other: the node runs, and says why. */
  async #fingerprint(id: string): Promise<void> {
    const node = this.#class(id);
    if (node.fingerprint === undefined) return;
    const constants = Object.entries(this.#node(id).inputs ?? {}).filter(([, value]) => !isLink(value));
    let fingerprint: string;
    try {
      fingerprint = await node.fingerprint(Object.fromEntries(constants), this.#context(id, 0));
    } catch {
      fingerprint = `unknown-${crypto.randomUUID()}`;
    }
    this.#fingerprints.set(id, fingerprint);
  }

  #context(id: string, run: number): Context {
    const { extraPngInfo = {}, previews } = this.#options;
    const place = this.#prompt.place(id);
    let graphs = 0;
    return this.#options.context({
      nodeId: id,
      signal: this.#signal,
      prompt: this.#prompt.original,
      extraPngInfo,
      dynamicPrompt: this.#prompt,
      linkTypes: this.#linkTypes(id),
      run,
      ...(previews === undefined ? {} : { previews }),
      progress: (value, max, preview) => {
        this.#steps.set(id, max);
        this.#emit({ kind: "progress", ...place, value, max, ...(preview === undefined ? {} : { preview }) });
      },
      showText: (text) => this.#emit({ kind: "progress_text", ...place, text }),
      block: (message) => new Blocked(message ?? null),
      graph: () => graphBuilder(`${id}.${run}.${graphs++}.`),
    });
  }

  #linkTypes(id: string): Record<string, string> {
    const types: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.#node(id).inputs ?? {})) {
      if (!isLink(value)) continue;
      const source = this.#prompt.get(value[0]);
      types[name] = (source && this.#options.nodes(source.class_type)?.outputs[value[1]]?.type) ?? "*";
    }
    return types;
  }

  #hidden(id: string, { hidden = {}, inputIsList }: NodeClass<Context>): Record<string, unknown> {
    const values: Record<HiddenKind, unknown> = {
      UNIQUE_ID: id,
      PROMPT: this.#prompt.original,
      EXTRA_PNGINFO: this.#options.extraPngInfo ?? {},
      DYNPROMPT: this.#prompt,
    };
    return Object.fromEntries(
      Object.entries(hidden).map(([name, kind]) => [name, inputIsList === true ? [values[kind]] : values[kind]]),
    );
  }
}

/** The node behind an input that is a link. */
const sourceOf = ({ inputs }: PromptNode, name: string): string => (inputs[name] as Link)[0];

/** An id of an expansion under `from`, as it is under `to`. */
function moved(id: string, from: string, to: string): string {
  if (id === from) return to;
  return id.startsWith(`${from}.`) ? to + id.slice(from.length) : id;
}
