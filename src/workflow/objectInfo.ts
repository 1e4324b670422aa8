import { inputConfig } from "./inputConfig.ts";
import type { InputSpec, NodeClass } from "./node.ts";

/** A node class as plain data: its declaration without code, options of combos as lists. */
export type DeclaredClass = Pick<
  NodeClass,
  | "name"
  | "displayName"
  | "category"
  | "description"
  | "inputs"
  | "hidden"
  | "outputs"
  | "inputIsList"
  | "deprecated"
  | "experimental"
  | "untitled"
  | "pythonModule"
  | "searchAliases"
  | "essentialsCategory"
  | "outputTooltips"
> & { readonly outputNode: boolean };

/** The value of one class in the answer to GET /object_info. Seeds' bounds are bigint: write it with `printJson`. */
export type ObjectInfo = Readonly<Record<string, unknown>>;

/** ComfyUI's modules whose classes are written in the older of its two forms. */
const OLDER_FORM: ReadonlySet<string> = new Set([
  "nodes",
  "comfy_extras.nodes_model_advanced",
  "comfy_extras.nodes_model_merging",
  "comfy_extras.nodes_model_patch",
  "comfy_extras.nodes_preview_any",
  "comfy_extras.nodes_video_model",
]);

/**
 * How ComfyUI describes a class to its clients. It has two forms, which differ in what stands where nothing is said: classes of the older
 * one leave an input's options out, have [] for no search words, their own name for no title, and name hidden inputs bare. Keys of which
 * nothing is said are there in the newer form alone. A class with no `pythonModule` is of the newer form and from "weir". Source: comfyui-api.md.
 */
export function objectInfo(node: DeclaredClass): ObjectInfo {
  const older = OLDER_FORM.has(node.pythonModule ?? "");
  const inputs = Object.entries(node.inputs);
  const hidden = Object.entries(node.hidden ?? {});
  const group = (entries: readonly (readonly [string, InputSpec])[]) =>
    Object.fromEntries(entries.map(([name, spec]) => [name, config(spec, older)]));
  const groups = {
    required: group(inputs.filter(([, spec]) => !spec.optional)),
    optional: group(inputs.filter(([, spec]) => spec.optional)),
    hidden: Object.fromEntries(hidden.map(([name, kind]) => [name, older ? kind : [kind]])),
  };
  const present = Object.entries(groups).filter(([name, entries]) => isListed(name, entries));
  const tooltips = node.outputTooltips ?? node.outputs.map(({ tooltip }) => tooltip ?? null);
  const told = tooltips.some((tooltip) => tooltip !== null);
  const templates = node.outputs.map(({ template }) => template ?? null);
  return {
    input: Object.fromEntries(present),
    input_order: Object.fromEntries(present.map(([name, entries]) => [name, Object.keys(entries)])),
    is_input_list: node.inputIsList === true,
    output: node.outputs.map(({ type }) => type),
    output_is_list: node.outputs.map(({ isList }) => isList === true),
    output_name: node.outputs.map(({ name }) => name),
    ...(older
      ? { ...(told && { output_tooltips: tooltips }) }
      : { output_tooltips: tooltips, output_matchtypes: templates.some((each) => each !== null) ? templates : null }),
    name: node.name,
    display_name: node.untitled === true && !older ? null : node.displayName,
    description: node.description ?? "",
    python_module: node.pythonModule ?? "weir",
    category: node.category,
    output_node: node.outputNode,
    ...(older
      ? { ...(node.deprecated && { deprecated: true }), ...(node.experimental && { experimental: true }) }
      : {
          ...{ deprecated: node.deprecated === true, experimental: node.experimental === true },
          ...{ dev_only: false, api_node: false, price_badge: null },
        }),
    search_aliases: node.searchAliases ?? (older ? [] : null),
    ...(older && node.essentialsCategory === undefined ? {} : { essentials_category: node.essentialsCategory ?? null }),
    has_intermediate_output: false,
  };
}

/** Classes without inputs have an empty group of required ones; the others are there only if they hold something. */
const isListed = (name: string, entries: object): boolean => name === "required" || Object.keys(entries).length > 0;

function config(spec: InputSpec, older: boolean): readonly unknown[] {
  const [type, options] = inputConfig(spec, { list: () => [] });
  // In the older form only an input of any type says that it has no options.
  const bare = older && Object.keys(options).length === 0 && !(spec.type === "LINK" && spec.of === "*");
  return bare ? [type] : [type, options];
}
