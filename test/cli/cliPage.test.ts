import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./built.ts";
import { weir } from "./harness.ts";

/** What stands between the help texts of docs/cli.md. Paths and amounts are examples that the other tests run. */
const INTRODUCTION = `# The command line

This page is made of what \`weir --help\` prints: \`npx vitest run test/cli/cliPage.test.ts -u\` writes it anew.

Pictures' paths and \`--json\` go to stdout, everything else to stderr: \`open $(weir run w.json)\` works, and so does \`weir run w.json 2>log\`.
On a terminal one line shows the node, the step, seconds a step, VRAM and bytes moved; \`NO_COLOR\` is honoured. Off it, one line a node, and one every ten seconds of a node that takes longer.
Ctrl-C stops within one graph and leaves nothing half-written; a second one ends it at once. [errors.md](errors.md) lists error and exit codes.

Amounts of memory are \`8GB\`, \`7.5GiB\`, \`400MB\` or a share such as \`60%\`: GB counts 10^9 bytes, GiB 2^30.
`;

const NOTES: Readonly<Record<string, string>> = {
  run: `A workflow is JSON, as ComfyUI's page saves it ("Save") or in API format ("Export (API)"), or a picture made by SaveImage, which carries its own.
\`--set\` names a node by its id, its title or its class: \`--set 12.steps=4\`, \`--set "CFGGuider.cfg=3"\`. Values are typed as the input declares them.
A node inside a subgraph has an id such as \`75:62\`, which \`weir convert\` shows.

\`--trace\` writes a time line for [ui.perfetto.dev](https://ui.perfetto.dev) or chrome://tracing, also after an error or Ctrl-C: nodes, and a process
per model with what it computed, what was read and uploaded for it, when it waited, and what was dropped.
`,
  convert: `A node of a class that Weir does not have is written without class_type and with nameless widgets, as ComfyUI's page sends it; a warning names it.
Choices such as \`{red|blue}\` in a prompt are made anew at each conversion, and \`%date:yyyy-MM-dd%\` in a file's name is today's.
`,
  doctor: `It exits with 0 where a picture could be made, and otherwise with what a run would exit with. A driver that crashes while it is asked is a finding, not
an end: it is asked once more with every GPU hidden, to tell whether that helps.
`,
  pull: `[models.md](models.md) says which files Flux 2 needs, how large they are and which budgets they run in. stdout has the files' paths, also of those
that were here already. While a file comes it is \`NAME.DIGEST.part\` beside its place; after an error, Ctrl-C or a full disk the same command goes on from
there, and a file that changed on the Hub is begun again. A file of the name that is another one is never overwritten.

Without \`--to\`, only safetensors and GGUF files have a place. Patterns are huggingface_hub's: \`*\` is any text, "/" too. The token goes to the Hub alone,
never to the servers that it redirects to. HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY are honoured.
`,
  inspect: `Only the header is read, so a file of any size takes no time and no memory. The least \`--vram-weights\` is the residency core's own answer; the least
\`--vram\` adds activations at the size named, and a device may need a little more for its own work.
`,
};

test("docs/cli.md is what the command line prints", async () => {
  const top = (await weir(["--help"])).out;
  const commands = [
    ...top
      .split("Commands:")[1]!
      .split("\n\n")[0]!
      .matchAll(/^ {2}(\w+)/gm),
  ].map((match) => match[1]!);
  expect(commands).toContain("run");
  const block = (text: string) => `\`\`\`\n${text.trimEnd()}\n\`\`\`\n`;
  const parts = [INTRODUCTION, block(top)];
  for (const command of commands.filter((name) => name !== "help")) {
    const { code, out } = await weir([command, "--help"]);
    expect(code).toBe(0);
    parts.push(`## weir ${command}\n`, block(out), ...(NOTES[command] === undefined ? [] : [NOTES[command]]));
  }
  await expect(parts.join("\n")).toMatchFileSnapshot(join(root, "docs/cli.md"));
});
