import type { CatalogueContext, InputSpec, OutputSpec } from "../workflow/node.ts";
import type { NodeDeclaration } from "./messages.ts";

interface Declarable {
  readonly name: string;
  readonly displayName: string;
  readonly category: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: readonly OutputSpec[];
  readonly outputNode?: boolean;
}

/** A node class as data, its combos filled from the folders of this moment. */
export function declare(node: Declarable, catalogue: CatalogueContext): NodeDeclaration {
  return {
    name: node.name,
    displayName: node.displayName,
    category: node.category,
    inputs: Object.fromEntries(Object.entries(node.inputs).map(([name, spec]) => [name, plainSpec(spec, catalogue)])),
    outputs: node.outputs.map(({ name, type }) => ({ name, type })),
    outputNode: node.outputNode === true,
  };
}

/** A spec whose options are a list: functions do not cross a process border. */
function plainSpec(spec: InputSpec, catalogue: CatalogueContext): InputSpec {
  return spec.type === "COMBO" && typeof spec.options === "function"
    ? { ...spec, options: spec.options(catalogue) }
    : spec;
}
