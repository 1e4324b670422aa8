/** What is asked about nodes whose results are kept for others. */
export interface KeepersView {
  /** Every node it may take values from. */
  sources(id: string): readonly string[];
  /** Its results are there, so nothing above it is needed for its sake. */
  has(id: string): boolean;
  /** Nobody needs its results any more. */
  drop(id: string): void;
}

/**
 * Who may still read each node's results: a result is let go when its last reader is over, and a branch that no one chose when the node that
 * might have chosen it is. `null` reads what leaves the workflow.
 */
export class Keepers {
  readonly #view: KeepersView;
  readonly #readers = new Map<string, Set<string | null>>();
  /** Nodes that may still run, or whose results are there. */
  readonly #entered = new Set<string>();

  constructor(view: KeepersView) {
    this.#view = view;
  }

  /** `reader` may read it, and all that it may take from is kept for it. */
  enter(id: string, reader: string | null): void {
    const links: (readonly [source: string, reader: string | null])[] = [[id, reader]];
    for (const [node, from] of links) {
      const readers = this.#readers.get(node) ?? new Set();
      this.#readers.set(node, readers.add(from));
      if (this.#entered.has(node)) continue;
      this.#entered.add(node);
      if (!this.#view.has(node)) for (const source of this.#view.sources(node)) links.push([source, node]);
    }
  }

  /** Whether someone may still read its results. */
  wanted(id: string): boolean {
    return this.#readers.has(id);
  }

  /** It is over, whatever came of it: it reads nothing more, and has left the workflow if it was to. */
  leave(id: string): void {
    const gone: (readonly [source: string, reader: string | null])[] = [[id, null]];
    this.#entered.delete(id);
    for (const source of this.#view.sources(id)) gone.push([source, id]);
    for (const [node, reader] of gone) {
      const readers = this.#readers.get(node);
      if (readers === undefined || !readers.delete(reader) || readers.size > 0) continue;
      this.#readers.delete(node);
      this.#view.drop(node);
      // A branch that was not chosen: it will not run, and reads nothing.
      if (this.#entered.delete(node)) for (const source of this.#view.sources(node)) gone.push([source, node]);
    }
  }
}
