import type { PromptNode } from "../node.ts";
import { dynamicPrompt } from "./dynamicPrompt.ts";
import { prefixTokens } from "./prefixTokens.ts";
import { linkResolver, VIRTUAL } from "./resolveLink.ts";
import { type Describe, expand, type Scope } from "./scope.ts";
import { MODE, readUiWorkflow, type UiNode } from "./uiGraph.ts";
import { type WidgetValue, widgetValues } from "./widgetValues.ts";

export interface ConvertOptions {
  /** For messages. */
  readonly name: string;
  /** What is known of a class; nothing of classes that are not here. */
  readonly describe: Describe;
  /** Chooses of `{a|b}`; [0, 1). */
  readonly random: () => number;
  /** For `%date:...%`. */
  readonly now: Date;
}

export interface Converted {
  /** In API format. A node of an unknown class has no class_type, as when the page sends it. */
  readonly prompt: Readonly<Record<string, Omit<PromptNode, "class_type"> & { readonly class_type?: string }>>;
  /** The classes of those nodes, by id. */
  readonly unknown: Readonly<Record<string, string>>;
}

/**
 * The prompt that the page makes of a workflow as it saves it: subgraphs expanded, reroutes, bypassed and muted nodes gone, widgets by name.
 * Seeds keep their digits. Throws WorkflowError: what holds itself, goes in a circle or is beyond all measure; what merely lacks something converts, and
 * validation tells. Source: comfyui-api.md, "UI files".
 */
export function convertWorkflow(ui: unknown, { name, describe, random, now }: ConvertOptions): Converted {
  const workflow = readUiWorkflow(ui, name);
  const root = expand(workflow, describe, name);
  const resolve = linkResolver(name);
  const find = widgetFinder(root, describe);
  const settle = (value: unknown, widget: string, choices: boolean): unknown => {
    if (typeof value !== "string") return value;
    const text = choices ? dynamicPrompt(value, random) : value;
    return widget === "filename_prefix" ? prefixTokens(text, now, find) : text;
  };

  const prompt = new Map<string, Converted["prompt"][string]>();
  const unknown = new Map<string, string>();
  const visit = (scope: Scope): void => {
    for (const node of scope.graph.nodes.values()) {
      const child = scope.children.get(node.id);
      if (child !== undefined) {
        visit(child);
        continue;
      }
      const isGone = node.mode === MODE.mute || node.mode === MODE.bypass;
      if (isGone || VIRTUAL.has(node.type) || workflow.definitions.has(node.type)) continue;
      const description = describe(node.type);
      const id = scope.prefix + node.id;
      const inputs = new Map<string, unknown>();
      const dynamic = new Set<string>();
      for (const { name: widget, value, dynamicPrompts } of widgetsOf(scope, node, describe)) {
        if (dynamicPrompts) dynamic.add(widget);
        const settled = settle(value, widget, dynamicPrompts);
        if (settled !== undefined) inputs.set(widget, wrapped(settled));
      }
      for (const { name: input, type, link } of node.inputs) {
        const source = link === null ? null : resolve(scope, link, type);
        if (source?.kind === "node") inputs.set(input, [source.id, source.slot]);
        else if (source?.kind === "value") inputs.set(input, wrapped(settle(source.value, input, dynamic.has(input))));
      }
      const title = node.title ?? description?.displayName;
      if (description === undefined) unknown.set(id, node.type);
      prompt.set(id, {
        inputs: Object.fromEntries(inputs),
        ...(description === undefined ? {} : { class_type: node.type }),
        _meta: title === undefined ? {} : { title },
      });
    }
  };
  visit(root);
  return { prompt: Object.fromEntries(prompt), unknown: Object.fromEntries(unknown) };
}

/** A list in an input is a link; one that is a value travels in this. */
function wrapped(value: unknown): unknown {
  return Array.isArray(value) ? { __value__: value } : value;
}

function widgetsOf(scope: Scope, node: UiNode, describe: Describe): readonly WidgetValue[] {
  const description = describe(node.type);
  if (description !== undefined) {
    return widgetValues(description, node.widgetsValues, (widget) => scope.value(node.id, widget));
  }
  // The page makes a widget of its own for each value, and text of what is neither.
  const written = Array.isArray(node.widgetsValues) ? node.widgetsValues : [];
  return written.map((value: unknown, i) => ({
    name: i === 0 ? "UNKNOWN" : `UNKNOWN_${i}`,
    value: typeof value === "object" ? JSON.stringify(value) : value,
    dynamicPrompts: false,
  }));
}

/** Finds a node's widget, by the class or the title of the node: the first in the file that has it. */
function widgetFinder(root: Scope, describe: Describe): (node: string, widget: string) => unknown {
  type Place = readonly [Scope, UiNode];
  let byClass: Map<string, Place> | undefined;
  const byTitle = new Map<string, Place>();
  const index = (scope: Scope, classes: Map<string, Place>): void => {
    for (const node of scope.graph.nodes.values()) {
      const place = [scope, node] as const;
      const kind = String(node.properties["Node name for S&R"] ?? node.type);
      if (!classes.has(kind)) classes.set(kind, place);
      const title = node.title ?? describe(node.type)?.displayName;
      if (title !== undefined && !byTitle.has(title)) byTitle.set(title, place);
    }
    for (const child of scope.children.values()) index(child, classes);
  };
  return (name, widget) => {
    if (byClass === undefined) {
      byClass = new Map();
      index(root, byClass);
    }
    const place = byClass.get(name) ?? byTitle.get(name);
    if (place === undefined) return undefined;
    return widgetsOf(...place, describe).find((found) => found.name === widget)?.value;
  };
}
