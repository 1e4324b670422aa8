import { readFileSync } from "node:fs";
import { parseJson } from "../../src/workflow/losslessJson.ts";
import type { CatalogueContext, InputSpec, NodeClass, OutputSpec } from "../../src/workflow/node.ts";

/** ComfyUI's recorded /object_info, as far as the contract carries it. */
export interface RecordedClass {
  readonly input: Readonly<Record<"required" | "optional" | "hidden", Readonly<Record<string, unknown[]>> | undefined>>;
  readonly output: readonly string[];
  readonly output_name: readonly string[];
  readonly name: string;
  readonly display_name: string | null;
  readonly description: string;
  readonly category: string;
  readonly output_node: boolean;
  readonly deprecated?: boolean;
  readonly experimental?: boolean;
}

export const sharedFolder = new URL("../../../shared/", import.meta.url);

export function recordedClass(name: string): RecordedClass {
  const text = readFileSync(new URL(`golden/api/object_info/${name}.json`, sharedFolder), "utf8");
  return (parseJson(text) as Record<string, RecordedClass>)[name]!;
}

export const noFolders: CatalogueContext = { list: () => [] };

/** A node class with ComfyUI's own declaration, so that validation is compared with what was recorded for classes of any kind. */
export function recordedNode(name: string): NodeClass | undefined {
  let recorded: RecordedClass;
  try {
    recorded = recordedClass(name);
  } catch {
    return undefined;
  }
  const inputs: Record<string, InputSpec> = {};
  for (const [group, optional] of [
    ["required", false],
    ["optional", true],
  ] as const) {
    for (const [input, config] of Object.entries(recorded.input[group] ?? {})) inputs[input] = spec(config, optional);
  }
  const outputs: OutputSpec[] = recorded.output.map((type, i) => ({ name: recorded.output_name[i]!, type }));
  return {
    name,
    displayName: recorded.display_name ?? name,
    category: recorded.category,
    inputs,
    outputs,
    outputNode: recorded.output_node,
    execute: async () => ({ outputs: [] }),
    ...(name === "LoadImage"
      ? {
          validates: ["image"],
          validate: async ({ image }) => ({ input: "image", details: `Invalid image file: ${image}` }),
        }
      : {}),
  };
}

function spec(config: unknown[], optional: boolean): InputSpec {
  const [type, given] = config as [unknown, Record<string, unknown> | undefined];
  const { control_after_generate, image_upload, options, multiselect: _, ...rest } = given ?? {};
  const common = {
    ...rest,
    ...(optional ? { optional } : {}),
    ...(control_after_generate === undefined ? {} : { controlAfterGenerate: control_after_generate }),
    ...(image_upload === undefined ? {} : { imageUpload: image_upload }),
  };
  if (Array.isArray(type)) return { type: "COMBO", options: type, ...common } as unknown as InputSpec;
  if (type === "COMBO")
    return { type, options: options as string[], form: "object", ...common } as unknown as InputSpec;
  if (type === "INT" || type === "FLOAT" || type === "STRING" || type === "BOOLEAN")
    return { type, ...common } as unknown as InputSpec;
  return { type: "LINK", of: String(type), ...common } as unknown as InputSpec;
}
