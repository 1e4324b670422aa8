import { node, text } from "../declare.ts";
import { STRING } from "../kinds.ts";

/** Both texts, with a third between. */
export const StringConcatenate = node({
  name: "StringConcatenate",
  displayName: "Concatenate Text",
  category: "text",
  pythonModule: "comfy_extras.nodes_string",
  searchAliases: [
    "concatenate",
    "text concat",
    "join text",
    "merge text",
    "combine strings",
    "string concat",
    "append text",
    "combine text",
  ],
  inputs: {
    string_a: text({ multiline: true }),
    string_b: text({ multiline: true }),
    delimiter: text({ default: "", multiline: false }),
  },
  outputs: { STRING: STRING.output },
  execute: ({ string_a, string_b, delimiter }) => ({ STRING: string_a + delimiter + string_b }),
});
