import type { DynamicPrompt } from "./dynamicPrompt.ts";
import type { ExecutionEvent } from "./executionEvent.ts";
import type { NodeOutcome, ShownInside } from "./nodeOutcome.ts";

type Ui = Readonly<Record<string, unknown>>;

/** What nodes of a prompt show while it runs, so that it can be shown again where their results are found in a later one. */
export class ShownUi {
  readonly #prompt: DynamicPrompt;
  readonly #emit: (event: ExecutionEvent) => void;
  readonly #shown: Record<string, Ui> = {};
  /** What nodes of a node's expansion showed. */
  readonly #inside = new Map<string, ShownInside[]>();

  constructor(prompt: DynamicPrompt, emit: (event: ExecutionEvent) => void) {
    this.#prompt = prompt;
    this.#emit = emit;
  }

  /** By node id. */
  get all(): Readonly<Record<string, Ui>> {
    return this.#shown;
  }

  show(id: string, ui: Ui): void {
    this.#shown[id] = ui;
    const { expanded } = this.#prompt.place(id);
    if (expanded === undefined) return;
    const { displayNode, parentNode } = expanded;
    this.#noteInside(parentNode, { node: id, displayNode, parentNode, ui });
  }

  /** What nodes of its expansion showed is shown again, under the ids that they would have in this prompt. */
  showInside(id: string, { inside }: NodeOutcome): void {
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

  /** What belongs to a node's outcome. */
  of(id: string): Pick<NodeOutcome, "ui" | "shownBy" | "inside"> {
    const ui = this.#shown[id];
    const shown = this.#inside.get(id);
    return {
      ...(ui === undefined ? {} : { ui, shownBy: this.#prompt.place(id) }),
      ...(shown === undefined ? {} : { inside: { node: id, shown } }),
    };
  }

  /** Every node around it whose result may be found again shows it then. */
  #noteInside(id: string, shown: ShownInside): void {
    for (let node: string | null = id; node !== null; node = this.#prompt.parent(node)) {
      const list = this.#inside.get(node);
      if (list === undefined) this.#inside.set(node, [shown]);
      else list.push(shown);
    }
  }
}

/** An id of an expansion under `from`, as it is under `to`. */
function moved(id: string, from: string, to: string): string {
  if (id === from) return to;
  return id.startsWith(`${from}.`) ? to + id.slice(from.length) : id;
}
