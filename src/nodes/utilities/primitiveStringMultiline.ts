import { node, text } from "../declare.ts";
import { STRING } from "../kinds.ts";

/** A text of several lines. */
export const PrimitiveStringMultiline = node({
  name: "PrimitiveStringMultiline",
  displayName: "Text (Multiline)",
  category: "utilities/primitive",
  pythonModule: "comfy_extras.nodes_primitive",
  searchAliases: ["text", "string", "text multiline", "string multiline", "text box", "prompt"],
  essentialsCategory: "Basics",
  inputs: { value: text({ multiline: true }) },
  outputs: { STRING: STRING.output },
  execute: ({ value }) => ({ STRING: value }),
});
