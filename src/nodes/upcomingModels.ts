import type { LoadedModel, Runtime, Upcoming } from "../runtime/runtime.ts";
import { isLink } from "../workflow/link.ts";
import type { NodeClass, Prompt } from "../workflow/node.ts";
import { sourcesOf } from "../workflow/sourcesOf.ts";

/** Values that carry a model from its loader to who runs it. */
const CARRIERS: ReadonlySet<string> = new Set(["MODEL", "CLIP", "VAE", "GUIDER"]);
/** What running a model gives. Who makes sigmas or another MODEL of a model does not run it. */
const MADE: ReadonlySet<string> = new Set(["LATENT", "CONDITIONING", "IMAGE"]);

/** What a loader of several models gives along each carrier. Models of other kinds (a LoRA) go along any. */
const ALONG: Readonly<Record<string, string>> = { flux2: "MODEL", "text-encoder": "CLIP", vae: "VAE" };

type Nodes = (classType: string) => Pick<NodeClass, "inputs" | "outputs"> | undefined;

/**
 * Which models a prompt will run, in order, as its graph says it: a node that takes a model and gives a latent, a conditioning or a picture runs the models that
 * lie upstream of that input. They are known from the moment their loader has run; a loader whose result is kept is known from when it did.
 */
export class UpcomingModels {
  readonly #nodes: Nodes;
  /** By the loader's class and settings, since ids change from prompt to prompt; then by file, of which the last opening counts. */
  readonly #loaded = new Map<string, Map<string, LoadedModel>>();
  #prompt: Prompt = {};
  /** Nodes that run models, in an order in which they can. */
  #order: readonly string[] = [];
  readonly #done = new Set<string>();

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
  }

  /** A prompt begins. */
  begin(prompt: Prompt, outputs: readonly string[]): void {
    this.#prompt = prompt;
    this.#done.clear();
    const order = new Set<string>();
    const visit = (id: string): void => {
      if (order.has(id) || !this.#class(id)) return;
      for (const source of sourcesOf(prompt[id]!, this.#class(id)!)) if (prompt[source]) visit(source);
      order.add(id);
    };
    for (const id of outputs) visit(id);
    this.#order = [...order].filter((id) => this.#runs(id));
  }

  /** A node is over, or its results were there. */
  done(node: string): void {
    this.#done.add(node);
  }

  /** The runtime as a node is given it: what the node loads is taken down. */
  watch(runtime: Runtime, node: string): Runtime {
    const loads = new Map<string, LoadedModel>();
    return Object.create(runtime, {
      load: {
        value: (model: Parameters<Runtime["load"]>[0]) => {
          const loaded = runtime.load(model);
          loads.set(`${model.kind} ${model.source.path}`, loaded);
          if (this.#prompt[node]) this.#loaded.set(this.#keyOf(node), loads);
          return loaded;
        },
      },
    }) as Runtime;
  }

  /** What comes after `node`, which begins: in this prompt, and in another one like it. */
  after(node: string): Upcoming {
    const left = this.#order.filter((id) => id !== node && !this.#done.has(id));
    return {
      soon: left.flatMap((id) => this.#modelsOf(id)),
      later: this.#order.flatMap((id) => this.#modelsOf(id)),
    };
  }

  #runs(id: string): boolean {
    const { inputs, outputs } = this.#class(id)!;
    const takes = Object.values(inputs).some((spec) => spec.type === "LINK" && CARRIERS.has(spec.of));
    return takes && outputs.some(({ type }) => MADE.has(type)) && !outputs.some(({ type }) => CARRIERS.has(type));
  }

  /** The models upstream of a node, along links that carry one. */
  #modelsOf(id: string, found = new Set<LoadedModel>(), seen = new Set<string>()): readonly LoadedModel[] {
    const { inputs = {} } = this.#prompt[id] ?? {};
    for (const [name, value] of Object.entries(inputs)) {
      if (!isLink(value) || !this.#prompt[value[0]]) continue;
      const spec = this.#class(id)?.inputs[name];
      if (spec?.type !== "LINK" || !CARRIERS.has(spec.of)) continue;
      const visit = `${spec.of} ${value[0]}`;
      if (seen.has(visit)) continue;
      seen.add(visit);
      for (const loaded of this.#loaded.get(this.#keyOf(value[0]))?.values() ?? [])
        if ((ALONG[loaded.model.kind] ?? spec.of) === spec.of) found.add(loaded);
      this.#modelsOf(value[0], found, seen);
    }
    return [...found];
  }

  #class = (id: string) => (this.#prompt[id] === undefined ? undefined : this.#nodes(this.#prompt[id].class_type));

  #keyOf(id: string): string {
    const { class_type, inputs } = this.#prompt[id]!;
    const constants = Object.entries(inputs).filter(([, value]) => !isLink(value));
    return JSON.stringify([class_type, constants], (_, value: unknown) =>
      typeof value === "bigint" ? `${value}n` : value,
    );
  }
}
