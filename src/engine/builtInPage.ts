import { allNodes } from "../nodes/index.ts";
import { describeDeclared } from "../workflow/convert/nodeDescription.ts";
import type { Page } from "../workflow/toPrompt.ts";

const byName = new Map(allNodes.map((node) => [node.name, node]));

/** What converting a workflow takes to know of Weir's own nodes. No folder is looked into: a file that the workflow does not name stays open. */
export const builtInPage: Page = {
  describe(classType) {
    const node = byName.get(classType);
    return node === undefined ? undefined : describeDeclared(node, { list: () => [] });
  },
};
