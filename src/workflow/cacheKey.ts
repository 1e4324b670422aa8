import { createHash } from "node:crypto";
import { isLink } from "./link.ts";
import { printJson } from "./losslessJson.ts";
import type { NodeClass, NodeContext, Prompt } from "./node.ts";

/**
 * Makes the keys under which nodes' results are kept: class, fingerprint and constants, with links replaced by (ordinal of the
 * ancestor, slot), and the same of every ancestor in the order in which they are met. Node ids, titles and undeclared inputs do not
 * matter, so a renamed workflow is found again; two equal nodes have one key. Source: comfyui-api.md, "Execution".
 * `fingerprints`: what nodes say changes beside their inputs, by node id.
 */
export function cacheKeys<Context extends NodeContext>(
  prompt: Prompt,
  nodes: (classType: string) => NodeClass<Context> | undefined,
  fingerprints: ReadonlyMap<string, string>,
): (id: string) => string {
  const described = new Map<string, Described>();
  return (id) => {
    const hash = createHash("sha256");
    const ordinals = new Map([[id, 0]]);
    // A map's iteration meets what is added on the way: each ancestor once, breadth first.
    for (const node of ordinals.keys()) {
      let { own, links } = described.get(node) ?? { own: "", links: [] };
      if (own === "") {
        ({ own, links } = describe(prompt, node, nodes, fingerprints.get(node) ?? null));
        described.set(node, { own, links });
      }
      let text = own;
      for (const [from, slot] of links) {
        let ordinal = ordinals.get(from);
        if (ordinal === undefined) {
          ordinal = ordinals.size;
          ordinals.set(from, ordinal);
        }
        text += ` ${ordinal}:${slot}`;
      }
      hash.update(`${text}\n`);
    }
    return hash.digest("hex");
  };
}

/** A node without its place in the graph: everything that is not a link, as text that names the linked inputs; and the links in order. */
interface Described {
  readonly own: string;
  readonly links: readonly (readonly [from: string, slot: number])[];
}

function describe<Context extends NodeContext>(
  prompt: Prompt,
  id: string,
  nodes: (classType: string) => NodeClass<Context> | undefined,
  fingerprint: string | null,
): Described {
  const { class_type, inputs } = prompt[id]!;
  const constants: unknown[] = [];
  const linked: string[] = [];
  const links: (readonly [string, number])[] = [];
  for (const name of Object.keys(nodes(class_type)!.inputs).sort()) {
    if (!Object.hasOwn(inputs, name)) continue;
    const value = inputs[name];
    if (isLink(value)) {
      linked.push(name);
      links.push(value);
    } else constants.push(name, value);
  }
  return { own: printJson([class_type, fingerprint, constants, linked]), links };
}
