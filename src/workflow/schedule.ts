/** What a schedule asks about nodes. */
export interface ScheduleView {
  /** The nodes whose results a node needs in any case, in the order of its inputs. */
  sources(id: string): readonly string[];
  /** Its results are there: nothing waits for it. */
  has(id: string): boolean;
  /** Its results leave the workflow. */
  output(id: string): boolean;
  /** It waits for something outside while others run. */
  concurrent(id: string): boolean;
}

interface Pending {
  readonly order: number;
  readonly output: boolean;
  readonly concurrent: boolean;
  /** How early it should run, 0 first: kept, since a wide prompt has thousands of nodes ready at once. */
  rank: number;
  /** Nodes that have to finish before it. */
  readonly needs: Set<string>;
  /** Nodes that have it among their needs. */
  readonly feeds: Set<string>;
  /** It has begun and waits for something outside. */
  held: boolean;
}

/**
 * Which node runs next. Nodes wait until what they need has finished; of those that wait for nothing, ComfyUI shows people something early:
 * first an output or a node that waits outside, then one that feeds an output, then one whose reader feeds one, then the first to arrive.
 * Nodes arrive from the outputs back, a node's last input first. Nodes may be added and linked while others run (lazy inputs,
 * expansions). Source: comfyui-api.md, "Execution", and the recorded orders.
 */
export class Schedule {
  readonly #view: ScheduleView;
  readonly #pending = new Map<string, Pending>();
  readonly #ready = new Set<string>();
  #arrived = 0;

  constructor(view: ScheduleView) {
    this.#view = view;
  }

  /** Nodes that have not finished. */
  get size(): number {
    return this.#pending.size;
  }

  /** Whether a node is to run, or runs. */
  has(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Nodes that wait for something outside. */
  get held(): number {
    return [...this.#pending.values()].filter(({ held }) => held).length;
  }

  /** A node is to run, and before it all that it needs and that is not there. */
  add(id: string): void {
    const open = [id];
    const links: (readonly [source: string, id: string])[] = [];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (this.#pending.has(node)) continue;
      const [output, concurrent] = [this.#view.output(node), this.#view.concurrent(node)];
      const rank = output || concurrent ? 0 : 3;
      const order = this.#arrived++;
      this.#pending.set(node, { order, output, concurrent, rank, needs: new Set(), feeds: new Set(), held: false });
      this.#ready.add(node);
      // An output may be there already; it is told, and needs nothing.
      for (const source of this.#view.has(node) ? [] : this.#view.sources(node)) {
        if (this.#view.has(source)) continue;
        open.push(source);
        links.push([source, node]);
      }
    }
    for (const [source, node] of links) this.#link(source, node);
  }

  /** A node that has begun turns out to need another one. */
  require(source: string, id: string): void {
    if (this.#view.has(source)) return;
    this.add(source);
    this.#link(source, id);
  }

  #link(source: string, id: string): void {
    const [above, below] = [this.#pending.get(source)!, this.#pending.get(id)!];
    above.feeds.add(id);
    below.needs.add(source);
    this.#ready.delete(id);
    above.rank = Math.min(above.rank, this.#rankAbove(below));
    for (const node of above.needs) {
      const pending = this.#pending.get(node)!;
      pending.rank = Math.min(pending.rank, this.#rankAbove(above));
    }
  }

  /** Of a node that feeds this one. */
  #rankAbove({ output, feeds }: Pending): number {
    if (output) return 1;
    for (const node of feeds) if (this.#pending.get(node)!.output) return 2;
    return 3;
  }

  /** The node to run now; undefined: all wait. */
  next(): string | undefined {
    let best: string | undefined;
    let [bestRank, bestOrder] = [4, 0];
    for (const id of this.#ready) {
      const { rank, order } = this.#pending.get(id)!;
      if (rank > bestRank || (rank === bestRank && order > bestOrder)) continue;
      [best, bestRank, bestOrder] = [id, rank, order];
    }
    return best;
  }

  /** It has begun and waits for something outside: others may run. */
  hold(id: string): void {
    this.#pending.get(id)!.held = true;
    this.#ready.delete(id);
  }

  release(id: string): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.held = false;
    if (pending.needs.size === 0) this.#ready.add(id);
  }

  /** It has finished: what needed it may run. */
  done(id: string): void {
    const { feeds } = this.#pending.get(id)!;
    this.#pending.delete(id);
    this.#ready.delete(id);
    for (const node of feeds) {
      const pending = this.#pending.get(node)!;
      pending.needs.delete(id);
      if (pending.needs.size === 0 && !pending.held) this.#ready.add(node);
    }
  }

  /** Nodes that wait for each other in a circle, in order; to be asked only when nothing is ready or held. */
  circle(): readonly string[] {
    const path: string[] = [];
    let id: string | undefined = this.#pending.keys().next().value;
    while (id !== undefined && !path.includes(id)) {
      path.push(id);
      id = this.#pending.get(id)!.needs.values().next().value;
    }
    return id === undefined ? path : path.slice(path.indexOf(id));
  }
}
