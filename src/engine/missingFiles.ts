import type { InputSpec } from "../workflow/node.ts";
import type { NodeErrors } from "../workflow/validationErrors.ts";

/** What is asked of a node class here: whether an input's options come from a folder. */
interface Declares {
  readonly inputs: Readonly<Record<string, InputSpec>>;
}

/** Whether every problem is a file that is not in its folder: then the workflow is fine and the machine lacks a model or a picture. */
export function missingFiles(
  nodeErrors: Readonly<Record<string, NodeErrors>>,
  nodes: (classType: string) => Declares | undefined,
): boolean {
  const all = Object.values(nodeErrors).flatMap(({ errors, class_type }) =>
    errors.map((error) => {
      const name = String(error.extra_info["input_name"] ?? "");
      const spec = nodes(class_type)?.inputs[name];
      const fromFolder = spec?.type === "COMBO" && typeof spec.options === "function";
      return fromFolder && (error.type === "value_not_in_list" || error.type === "custom_validation_failed");
    }),
  );
  return all.length > 0 && all.every(Boolean);
}
