import { createHash } from "node:crypto";
import { isLink } from "./link.ts";
import { liveInputs } from "./liveInputs.ts";
import { printJson } from "./losslessJson.ts";
import type { NodeClass, NodeContext, PromptNode } from "./node.ts";

/**
 * Makes the keys under which nodes' results are kept: class, fingerprint and constants, with links replaced by (ordinal of the
 * ancestor, slot), and the same of every ancestor in the order in which they are met. Node ids, titles and undeclared inputs do not
 * matter, so a renamed workflow is found again; two equal nodes have one key. The id matters to a node that takes it (UNIQUE_ID) or that
 * is not idempotent, and so to what hangs on it. null: a link leads to no node, and the node can have no result.
 * Source: comfyui-api.md, "Execution". `fingerprints`: what nodes say changes beside their inputs, by node id.
 */
export function cacheKeys<Context extends NodeContext>(
  prompt: (id: string) => PromptNode | undefined,
  nodes: (classType: string) => NodeClass<Context> | undefined,
  fingerprints: ReadonlyMap<string, string>,
): (id: string) => string | null {
  const described = new Map<string, Described>();
  return (id) => {
    const hash = createHash("sha256");
    const ordinals = new Map([[id, 0]]);
    // A map's iteration meets what is added on the way: each ancestor once, breadth first.
    for (const node of ordinals.keys()) {
      let { own, links } = described.get(node) ?? { own: "", links: [] };
      if (own === "") {
        const found = prompt(node);
        if (found === undefined) return null;
        ({ own, links } = describe(node, found, nodes(found.class_type)!, fingerprints.get(node) ?? null));
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
  id: string,
  { class_type, inputs }: PromptNode,
  node: NodeClass<Context>,
  fingerprint: string | null,
): Described {
  const constants: unknown[] = [];
  const linked: string[] = [];
  const links: (readonly [string, number])[] = [];
  for (const name of Object.keys(liveInputs(node.inputs, inputs)).sort()) {
    if (!Object.hasOwn(inputs, name)) continue;
    const value = inputs[name];
    if (isLink(value)) {
      linked.push(name);
      links.push(value);
    } else constants.push(name, plain(value));
  }
  const takesId = node.notIdempotent === true || Object.values(node.hidden ?? {}).includes("UNIQUE_ID");
  return { own: printJson([class_type, fingerprint, constants, linked, ...(takesId ? [id] : [])]), links };
}

/** What flows between nodes is never changed once made, so a value that is the same object is the same value. */
const identities = new WeakMap<object, number>();
let identity = 0;

/** An expansion may hand its nodes pictures and models as constants: those are told apart by which object they are. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (Object.getPrototypeOf(value) === Object.prototype) {
    const held = Object.values(value).some((item) => ArrayBuffer.isView(item) || typeof item === "function");
    if (!held) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  const known = identities.get(value) ?? ++identity;
  identities.set(value, known);
  return { $object: known };
}
