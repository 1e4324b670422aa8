import { type DescribedInput, inputGroups, type NodeDescription } from "./nodeDescription.ts";

/** A widget of a node and what it is set to; `undefined` when nothing says. */
export interface WidgetValue {
  readonly name: string;
  readonly value: unknown;
  /** Its text may hold choices. */
  readonly dynamicPrompts: boolean;
}

/** Dynamic combos inside dynamic combos. */
const MAX_DEPTH = 16;

/**
 * The widgets of a node of a known class, in the page's order. `written` is its widgets_values: a list runs along the widgets, with an extra
 * slot after each seed; where it ends, defaults follow. Of an object, as on the page, nothing is taken and combos alone have defaults. `override` is what
 * the instance around the node sets. Source: comfyui-api.md, "UI files".
 */
export function widgetValues(
  { inputs }: NodeDescription,
  written: unknown,
  override: (widget: string) => unknown,
): WidgetValue[] {
  const list = Array.isArray(written) ? written : [];
  const isObject = !Array.isArray(written) && typeof written === "object" && written !== null;
  const widgets: WidgetValue[] = [];
  let at = 0;
  const add = ([name, type, options]: DescribedInput, prefix: string, fresh: boolean, depth: number): void => {
    const kind = widgetKind(type, options);
    if (kind === null) return;
    const path = prefix + name;
    const isCombo = kind === "COMBO" || kind === DYNAMIC_COMBO;
    const byDefault = isObject && !isCombo ? undefined : defaultOf(kind, type, options);
    const given = !fresh && at < list.length ? list[at] : undefined;
    if (!fresh) at += 1;
    const own = given === undefined || (given === null && isCombo) ? byDefault : given;
    const value = override(path) ?? own;
    widgets.push({ name: path, value, dynamicPrompts: options["dynamicPrompts"] === true });
    if (!fresh && hasControl(name, kind, options)) at += 1;
    if (kind !== DYNAMIC_COMBO || depth >= MAX_DEPTH) return;
    // The slots in the list are those of the option chosen there; another option's children start from their defaults.
    if (value !== own) {
      for (const child of childrenOf(options, own)) at += countSlots(child, depth + 1);
    }
    for (const child of childrenOf(options, value)) add(child, `${path}.`, fresh || value !== own, depth + 1);
  };
  for (const input of inputs) add(input, "", false, 0);
  return widgets;
}

/** Whether an input of a class is a widget. */
export function isWidget({ inputs }: NodeDescription, name: string): boolean {
  const [parent] = name.split(".");
  return inputs.some(([own, type, options]) => own === parent && widgetKind(type, options) !== null);
}

const DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3";
type Kind = "INT" | "FLOAT" | "STRING" | "BOOLEAN" | "COMBO" | "IMAGECOMPARE" | typeof DYNAMIC_COMBO;
const KINDS: readonly string[] = ["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "IMAGECOMPARE", DYNAMIC_COMBO];

function widgetKind(type: unknown, options: Readonly<Record<string, unknown>>): Kind | null {
  if (options["forceInput"] === true) return null;
  if (Array.isArray(type)) return "COMBO";
  const shown = String(options["widgetType"] ?? type);
  return KINDS.includes(shown) ? (shown as Kind) : null;
}

function defaultOf(kind: Kind, type: unknown, options: Readonly<Record<string, unknown>>): unknown {
  const given = options["default"];
  if (given !== undefined) return given;
  switch (kind) {
    case "INT":
    case "FLOAT":
      return 0;
    case "STRING":
      return "";
    case "BOOLEAN":
      return false;
    case "COMBO": {
      const listed = Array.isArray(type) ? type : options["options"];
      return Array.isArray(listed) ? listed[0] : undefined;
    }
    case "IMAGECOMPARE":
      return ["", ""];
    case DYNAMIC_COMBO:
      return optionsOf(options)[0]?.["key"];
  }
}

/** The page keeps what it does to a seed after each run in a slot of its own. */
function hasControl(name: string, kind: Kind, options: Readonly<Record<string, unknown>>): boolean {
  const control = options["control_after_generate"];
  if (kind !== "INT" && kind !== "COMBO") return false;
  return control === undefined ? kind === "INT" && (name === "seed" || name === "noise_seed") : control !== false;
}

function optionsOf(options: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  const listed = options["options"];
  return Array.isArray(listed) ? listed : [];
}

function childrenOf(options: Readonly<Record<string, unknown>>, key: unknown): DescribedInput[] {
  return inputGroups(optionsOf(options).find((option) => option["key"] === key)?.["inputs"]);
}

/** Slots that an input takes when its own dynamic combos stand at their defaults. */
function countSlots([name, type, options]: DescribedInput, depth: number): number {
  const kind = widgetKind(type, options);
  if (kind === null || depth >= MAX_DEPTH) return 0;
  const children = kind === DYNAMIC_COMBO ? childrenOf(options, defaultOf(kind, type, options)) : [];
  return children.reduce((sum, child) => sum + countSlots(child, depth + 1), hasControl(name, kind, options) ? 2 : 1);
}
