import type { NodePlace } from "./executionEvent.ts";
import type { ExpandedNode, Prompt, PromptNode } from "./node.ts";

/** A prompt and the nodes that expansions added to it while it ran. What DYNPROMPT hands to a node. */
export class DynamicPrompt {
  readonly original: Prompt;
  readonly #added = new Map<string, { readonly node: PromptNode; readonly parent: string; readonly display: string }>();

  constructor(prompt: Prompt) {
    this.original = prompt;
  }

  get(id: string): PromptNode | undefined {
    return Object.hasOwn(this.original, id) ? this.original[id] : this.#added.get(id)?.node;
  }

  /** Every id: the prompt's first. */
  ids(): readonly string[] {
    return [...Object.keys(this.original), ...this.#added.keys()];
  }

  /** How many nodes expansions have added. */
  get added(): number {
    return this.#added.size;
  }

  /** The ids were checked: they are new. */
  add(parent: string, nodes: Readonly<Record<string, ExpandedNode>>): void {
    for (const [id, { displayNode, ...node }] of Object.entries(nodes)) {
      this.#added.set(id, { node, parent, display: displayNode ?? parent });
    }
  }

  /** The node whose expansion it is part of; null for a node of the prompt. */
  parent(id: string): string | null {
    return this.#added.get(id)?.parent ?? null;
  }

  /** The node of the prompt that it came from. */
  real(id: string): string {
    let node = id;
    for (let parent = this.parent(node); parent !== null; parent = this.parent(node)) node = parent;
    return node;
  }

  /** The node of the page that shows for it: an expansion within one shows where that one does. */
  display(id: string): string {
    let node = id;
    for (let added = this.#added.get(node); added !== undefined; added = this.#added.get(node)) node = added.display;
    return node;
  }

  /** Of events about it. */
  place(id: string): NodePlace {
    const parentNode = this.parent(id);
    if (parentNode === null) return { node: id };
    return { node: id, expanded: { displayNode: this.display(id), parentNode, realNode: this.real(id) } };
  }
}
