import { growing, listNode, matchType } from "../declare.ts";

const any = matchType("type");

/** All values that are linked to it, one after another, as a list: what takes it runs once for each. Lists are joined. */
export const CreateList = listNode({
  name: "CreateList",
  displayName: "Create List",
  category: "utilities",
  pythonModule: "comfy_extras.nodes_toolkit",
  searchAliases: ["Image Iterator", "Text Iterator", "Iterator"],
  inputs: { inputs: growing(any.link(), { name: "input", prefix: "input", min: 1, max: 10 }) },
  outputs: { list: any.listOutput },
  execute: ({ inputs }) => ({ list: inputs.flat() }),
});
