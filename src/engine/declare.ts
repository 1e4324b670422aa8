import type { CatalogueContext, InputSpec, NodeClass } from "../workflow/node.ts";
import type { DeclaredClass } from "../workflow/objectInfo.ts";

type Declarable = Omit<NodeClass, "validates" | "validate" | "fingerprint" | "checkLazyStatus" | "execute">;

/** A node class as data, its combos filled from the folders of this moment. */
export function declare(node: Declarable, catalogue: CatalogueContext): DeclaredClass {
  const { name, displayName, category, description, inputs, hidden, outputs, inputIsList, outputNode } = node;
  const { deprecated, experimental, untitled, pythonModule, searchAliases, essentialsCategory, outputTooltips } = node;
  return {
    name,
    displayName,
    category,
    inputs: Object.fromEntries(Object.entries(inputs).map(([input, spec]) => [input, plainSpec(spec, catalogue)])),
    outputs,
    outputNode: outputNode === true,
    ...(description === undefined ? {} : { description }),
    ...(hidden === undefined ? {} : { hidden }),
    ...(inputIsList === undefined ? {} : { inputIsList }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(experimental === undefined ? {} : { experimental }),
    ...(untitled === undefined ? {} : { untitled }),
    ...(pythonModule === undefined ? {} : { pythonModule }),
    ...(searchAliases === undefined ? {} : { searchAliases }),
    ...(essentialsCategory === undefined ? {} : { essentialsCategory }),
    ...(outputTooltips === undefined ? {} : { outputTooltips }),
  };
}

/** A spec whose options are a list: functions do not cross a process border. */
function plainSpec(spec: InputSpec, catalogue: CatalogueContext): InputSpec {
  return spec.type === "COMBO" && typeof spec.options === "function"
    ? { ...spec, options: spec.options(catalogue) }
    : spec;
}
