import type { NodeDeclaration } from "../engine/messages.ts";
import { describeDeclared } from "../workflow/convert/nodeDescription.ts";
import type { Describe } from "../workflow/convert/scope.ts";

/** What converting a workflow takes to know of the nodes that an engine has, those of users' files among them. */
export function describeEngineNodes(nodes: readonly NodeDeclaration[]): Describe {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return (classType) => {
    const node = byName.get(classType);
    return node && describeDeclared(node, { list: () => [] });
  };
}
