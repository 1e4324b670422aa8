import { WorkflowError } from "../errors.ts";

/** A workflow as the page saves it, brought into one form: ids are strings, links are found by id, an instance's inputs are its definition's. */
export interface UiWorkflow {
  readonly root: UiGraph;
  readonly definitions: ReadonlyMap<string, UiDefinition>;
}

export interface UiGraph {
  readonly nodes: ReadonlyMap<string, UiNode>;
  readonly links: ReadonlyMap<string, UiLink>;
}

/** What instances of a subgraph hold. Its links come from `SUBGRAPH_INPUT` and lead to `SUBGRAPH_OUTPUT`. */
export interface UiDefinition extends UiGraph {
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  /** The link that gives each output, if one does. */
  readonly outputs: readonly (string | null)[];
}

export interface UiNode {
  id: string;
  /** The class, or a definition's id. */
  readonly type: string;
  readonly mode: number;
  readonly title: string | null;
  inputs: readonly UiInput[];
  readonly outputTypes: readonly string[];
  /** As written: a list, an object, or nothing. */
  readonly widgetsValues: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Values of an instance and what each sets: an inner node's widget, or (-1) an input of its own. */
  proxies: readonly (readonly [node: string, widget: string])[];
}

export interface UiInput {
  readonly name: string;
  readonly type: string;
  readonly link: string | null;
  /** It is a widget that takes a link. */
  readonly widget: boolean;
}

export interface UiLink {
  readonly from: string;
  readonly fromSlot: number;
  readonly to: string;
  readonly toSlot: number;
}

export const SUBGRAPH_INPUT = "-10";
export const SUBGRAPH_OUTPUT = "-20";
export const MODE = { mute: 2, bypass: 4 } as const;

/** A file has at most so many nodes, subgraphs' included, and a workflow as many when they are expanded: the largest of real ones have hundreds. */
export const MAX_NODES = 20_000;

/** Whether JSON is a workflow as the page saves it. */
export function isUiWorkflow(value: unknown): boolean {
  const object = asObject(value);
  return Array.isArray(object["nodes"]) && Array.isArray(object["links"]);
}

/** Reads what `isUiWorkflow` accepts. Throws WorkflowError. Source: comfyui-api.md, "UI files". */
export function readUiWorkflow(value: unknown, name: string): UiWorkflow {
  const file = asObject(value);
  const written = asList(asObject(file["definitions"])["subgraphs"]).map(asObject);
  const lists = [file, ...written].map((graph) => asList(graph["nodes"]));
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  if (count > MAX_NODES)
    throw new WorkflowError("too-large", `${name} has ${count} nodes; at most ${MAX_NODES} are read`);

  const nodes = lists.map((list) => list.map((node) => readNode(node, name)));
  const links = [file, ...written].map((graph) => readLinks(graph["links"]));
  renumber(
    nodes,
    links,
    written.map((definition) => String(definition["id"])),
    Number(file["last_node_id"] ?? 0),
  );

  const graph = (i: number): UiGraph => ({
    nodes: new Map(nodes[i]!.map((node) => [node.id, node])),
    links: links[i]!,
  });
  const definitions = new Map(
    written.map((definition, i): [string, UiDefinition] => [
      String(definition["id"]),
      {
        ...graph(i + 1),
        inputs: asList(definition["inputs"])
          .map(asObject)
          .map((input) => ({ name: String(input["name"]), type: String(input["type"]) })),
        outputs: asList(definition["outputs"])
          .map(asObject)
          .map((output, slot) => outputLink(asList(output["linkIds"]).map(String), slot, links[i + 1]!)),
      },
    ]),
  );
  for (const node of nodes.flat()) {
    const definition = definitions.get(node.type);
    if (definition === undefined) continue;
    // An instance may list some of its inputs only, in an order of its own.
    const own = new Map(node.inputs.map((input) => [input.name, input]));
    node.inputs = definition.inputs.map(({ name, type }) => own.get(name) ?? { name, type, link: null, widget: false });
  }
  return { root: graph(0), definitions };
}

/** The link to an output: of those it names the first that is there, else any that leads to it. */
function outputLink(named: readonly string[], slot: number, links: ReadonlyMap<string, UiLink>): string | null {
  const listed = named.find((id) => links.get(id)?.to === SUBGRAPH_OUTPUT);
  if (listed !== undefined) return listed;
  for (const [id, link] of links) if (link.to === SUBGRAPH_OUTPUT && link.toSlot === slot) return id;
  return null;
}

function readNode(value: unknown, name: string): UiNode {
  const node = asObject(value);
  const { id, type, mode, title } = node;
  if ((typeof id !== "number" && typeof id !== "string" && typeof id !== "bigint") || typeof type !== "string") {
    throw new WorkflowError(
      "broken-workflow",
      `${name} is no workflow of the page: one of its nodes has no id or no type`,
    );
  }
  const properties = asObject(node["properties"]);
  return {
    id: String(id),
    type,
    mode: typeof mode === "number" ? mode : 0,
    title: typeof title === "string" ? title : null,
    inputs: asList(node["inputs"])
      .map(asObject)
      .map((input) => ({
        name: String(input["name"] ?? ""),
        type: String(input["type"] ?? "*"),
        link: input["link"] === null || input["link"] === undefined ? null : String(input["link"]),
        widget: typeof input["widget"] === "object" && input["widget"] !== null,
      })),
    outputTypes: asList(node["outputs"])
      .map(asObject)
      .map((output) => String(output["type"] ?? "*")),
    widgetsValues: node["widgets_values"],
    properties,
    proxies: asList(properties["proxyWidgets"])
      .map(asList)
      .map(([inner, widget]) => [String(inner), String(widget)] as const),
  };
}

function readLinks(value: unknown): Map<string, UiLink> {
  return new Map(
    asList(value).map((link) => {
      if (Array.isArray(link)) return [String(link[0]), { ...ends(link[1], link[2], link[3], link[4]) }];
      const { id, origin_id: from, origin_slot: fromSlot, target_id: to, target_slot: toSlot } = asObject(link);
      return [String(id), ends(from, fromSlot, to, toSlot)];
    }),
  );
}

const ends = (from: unknown, fromSlot: unknown, to: unknown, toSlot: unknown): UiLink => ({
  from: String(from),
  fromSlot: Number(fromSlot),
  to: String(to),
  toSlot: Number(toSlot),
});

/**
 * Inner nodes whose ids are taken already, by the root or an earlier definition, get new ones from `last` + 1; links and the proxies of
 * the definition's instances follow. nodes[0], links[0]: the root's; those of types[i] at i + 1.
 */
function renumber(
  nodes: readonly UiNode[][],
  links: readonly Map<string, UiLink>[],
  types: readonly string[],
  last: number,
): void {
  const used = new Set(nodes[0]!.map((node) => node.id));
  let next = Number.isSafeInteger(last) ? last : 0;
  const moved = new Map<string, ReadonlyMap<string, string>>();
  for (const [i, type] of types.entries()) {
    const renamed = new Map<string, string>();
    for (const node of nodes[i + 1]!) {
      if (used.has(node.id)) {
        do next += 1;
        while (used.has(String(next)));
        renamed.set(node.id, String(next));
        node.id = String(next);
      }
      used.add(node.id);
    }
    if (renamed.size === 0) continue;
    moved.set(type, renamed);
    for (const [id, link] of links[i + 1]!) {
      links[i + 1]!.set(id, {
        ...link,
        from: renamed.get(link.from) ?? link.from,
        to: renamed.get(link.to) ?? link.to,
      });
    }
  }
  for (const node of nodes.flat()) {
    const renamed = moved.get(node.type);
    if (renamed) node.proxies = node.proxies.map(([inner, widget]) => [renamed.get(inner) ?? inner, widget] as const);
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
