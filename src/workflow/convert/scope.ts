import { WorkflowError } from "../errors.ts";
import type { NodeDescription } from "./nodeDescription.ts";
import {
  MAX_NODES,
  MODE,
  SUBGRAPH_INPUT,
  type UiDefinition,
  type UiGraph,
  type UiNode,
  type UiWorkflow,
} from "./uiGraph.ts";
import { isWidget } from "./widgetValues.ts";

/** One graph of an expanded workflow: the root, or what one instance of a subgraph holds. */
export interface Scope {
  readonly graph: UiGraph;
  /** Of execution ids: "" or `75:62:`. */
  readonly prefix: string;
  readonly within: { readonly scope: Scope; readonly instance: UiNode; readonly definition: UiDefinition } | null;
  /** By the instance's id. */
  readonly children: ReadonlyMap<string, Scope>;
  /** Values that the instance sets on the inputs of its definition, by their name. */
  readonly inputValues: ReadonlyMap<string, unknown>;
  /** What PrimitiveNodes and the instance set on nodes here. */
  value(node: string, widget: string): unknown;
}

/** Subgraphs within subgraphs. */
const MAX_DEPTH = 32;

/** Every graph of a workflow, with the values that reach into each. Throws WorkflowError: a subgraph that holds itself, too many nodes. */
export function expand(workflow: UiWorkflow, describe: Describe, name: string): Scope {
  const { definitions } = workflow;
  const promoted = promotedInputs(definitions, describe);
  let count = 0;

  const open = (
    graph: UiGraph,
    prefix: string,
    within: Scope["within"],
    set: Values,
    inputValues: ReadonlyMap<string, unknown>,
    path: readonly string[],
  ): Scope => {
    count += graph.nodes.size;
    if (count > MAX_NODES) {
      throw new WorkflowError("too-large", `${name} has more than ${MAX_NODES} nodes once its subgraphs are expanded`);
    }
    const primitives = primitiveValues(graph);
    const children = new Map<string, Scope>();
    const scope: Scope = {
      graph,
      prefix,
      within,
      children,
      inputValues,
      value: (node, widget) => primitives.get(node)?.get(widget) ?? set.get(node)?.get(widget),
    };
    for (const instance of graph.nodes.values()) {
      const definition = definitions.get(instance.type);
      if (definition === undefined || instance.mode === MODE.mute) continue;
      // The page drops what a bypassed instance holds in the root only.
      if (instance.mode === MODE.bypass && within === null) continue;
      if (path.includes(instance.type)) {
        throw new WorkflowError(
          "broken-workflow",
          `${name}: the subgraph of node ${prefix}${instance.id} holds itself`,
        );
      }
      if (path.length >= MAX_DEPTH) {
        throw new WorkflowError("too-large", `${name} nests subgraphs deeper than ${MAX_DEPTH} levels`);
      }
      const inner = instanceValues(instance, definition, promoted(instance.type), scope);
      const around = { scope, instance, definition };
      const below = [...path, instance.type];
      children.set(instance.id, open(definition, `${prefix}${instance.id}:`, around, inner.nodes, inner.inputs, below));
    }
    return scope;
  };
  return open(workflow.root, "", null, new Map(), new Map(), []);
}

export type Describe = (classType: string) => NodeDescription | undefined;

/** By node, by widget. */
type Values = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** What an instance sets inside: from its widgets_values, its PrimitiveNodes, and the instance around it, the outermost last. */
function instanceValues(
  instance: UiNode,
  definition: UiDefinition,
  promoted: readonly string[],
  scope: Scope,
): { readonly nodes: Values; readonly inputs: ReadonlyMap<string, unknown> } {
  const nodes = new Map<string, Map<string, unknown>>();
  const inputs = new Map<string, unknown>();
  const proxies = instance.proxies.length > 0 ? instance.proxies : promoted.map((input) => ["-1", input] as const);
  const written = Array.isArray(instance.widgetsValues) ? instance.widgetsValues : [];
  for (const [i, [node, widget]] of proxies.entries()) {
    const value = scope.value(instance.id, widget) ?? written[i];
    if (value === undefined || value === null) continue;
    if (node === "-1") inputs.set(widget, value);
    else {
      const of = nodes.get(node) ?? new Map<string, unknown>();
      nodes.set(node, of.set(widget, value));
    }
  }
  for (const { name } of definition.inputs) {
    const value = scope.value(instance.id, name);
    if (value !== undefined && value !== null) inputs.set(name, value);
  }
  return { nodes, inputs };
}

/** Values that PrimitiveNodes copy into the widgets at the other end of their links, muted ones too. */
function primitiveValues({ nodes, links }: UiGraph): Values {
  const values = new Map<string, Map<string, unknown>>();
  for (const node of nodes.values()) {
    for (const { name, link } of node.inputs) {
      const from = link === null ? undefined : nodes.get(links.get(link)?.from ?? "");
      if (from?.type !== "PrimitiveNode" || !Array.isArray(from.widgetsValues)) continue;
      const of = values.get(node.id) ?? new Map<string, unknown>();
      values.set(node.id, of.set(name, from.widgetsValues[0]));
    }
  }
  return values;
}

/** The inputs of a definition that lead to a widget, in order: an instance without proxies lists their values. */
function promotedInputs(
  definitions: ReadonlyMap<string, UiDefinition>,
  describe: Describe,
): (type: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  const find = (type: string, depth: number): readonly string[] => {
    const found = known.get(type);
    if (found !== undefined || depth > MAX_DEPTH) return found ?? [];
    // A definition that holds itself ends here; `expand` tells.
    known.set(type, []);
    const definition = definitions.get(type)!;
    const leads = new Set<string>();
    for (const node of definition.nodes.values()) {
      const isInstance = definitions.has(node.type);
      const inner = isInstance ? find(node.type, depth + 1) : [];
      const description = isInstance ? undefined : describe(node.type);
      for (const { name, link, widget } of node.inputs) {
        const from = link === null ? undefined : definition.links.get(link);
        if (from?.from !== SUBGRAPH_INPUT) continue;
        const input = definition.inputs[from.fromSlot]?.name;
        if (input === undefined) continue;
        const is = isInstance
          ? inner.includes(name)
          : widget || (description !== undefined && isWidget(description, name));
        if (is) leads.add(input);
      }
    }
    const result = definition.inputs.map(({ name }) => name).filter((name) => leads.has(name));
    known.set(type, result);
    return result;
  };
  return (type) => find(type, 0);
}
