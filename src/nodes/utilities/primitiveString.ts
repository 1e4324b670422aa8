import { node, text } from "../declare.ts";
import { STRING } from "../kinds.ts";

/** A line of text. */
export const PrimitiveString = node({
  name: "PrimitiveString",
  displayName: "Text",
  category: "utilities/primitive",
  pythonModule: "comfy_extras.nodes_primitive",
  searchAliases: ["text", "string", "text box", "prompt"],
  inputs: { value: text({ multiline: false }) },
  outputs: { STRING: STRING.output },
  execute: ({ value }) => ({ STRING: value }),
});
