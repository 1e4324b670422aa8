import type { DynamicPrompt } from "./dynamicPrompt.ts";
import type { NodeClass, NodeContext, PromptNode } from "./node.ts";

/** The nodes of a prompt that runs, those of expansions among them, with their classes. */
export class PromptNodes<Context extends NodeContext> {
  readonly prompt: DynamicPrompt;
  readonly #classes: (classType: string) => NodeClass<Context> | undefined;

  constructor(prompt: DynamicPrompt, classes: (classType: string) => NodeClass<Context> | undefined) {
    this.prompt = prompt;
    this.#classes = classes;
  }

  node(id: string): PromptNode {
    const node = this.prompt.get(id);
    if (node === undefined) throw new Error(`invariant: there is no node ${id}`);
    return node;
  }

  class(id: string): NodeClass<Context> {
    return this.#classes(this.node(id).class_type)!;
  }

  /** As it is known to the cache from one prompt to the next. */
  ownerOf(id: string): string {
    return `${id} ${this.node(id).class_type}`;
  }

  /** Of a node of an expansion: the node of the prompt that it came from. */
  owner(id: string): string | undefined {
    return this.prompt.parent(id) === null ? undefined : this.ownerOf(this.prompt.real(id));
  }
}
