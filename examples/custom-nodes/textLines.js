/**
 * The lines of a text as a list: what takes it runs once for each, so one workflow draws a picture per line. Written without imports: a node is
 * an object.
 */
export const TextLines = {
  name: "ExampleTextLines",
  displayName: "Text lines",
  category: "examples",
  description: "One text for each line that is not empty.",
  inputs: { text: { type: "STRING", multiline: true, default: "" } },
  outputs: [{ name: "lines", type: "STRING", isList: true }],
  async execute({ text }) {
    const lines = text.split("\n").map((line) => line.trim());
    return { outputs: [lines.filter((line) => line !== "")] };
  },
};
