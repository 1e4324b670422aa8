import { resolve } from "node:path";
import { demo } from "../../library/demo.ts";
import type { EngineFlags, JobFlags } from "../flags.ts";
import { formatSeconds } from "../progress/formatSeconds.ts";
import type { CliContext } from "../runCli.ts";
import { runWorkflows } from "./run.ts";

export interface DemoFlags extends EngineFlags, JobFlags {}

const PICTURE = "weir-demo.png";

/** `weir demo [PROMPT]`: the bundled workflow with the bundled models, into weir-demo.png; ends by saying what to try next. */
export async function demoCommand(prompt: string, flags: DemoFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const output = flags.output ?? PICTURE;
  const [record] = await runWorkflows(
    [{ file: "the demo", path: demo.workflow }],
    { ...flags, output, ...(prompt === "" ? {} : { prompt }) },
    demo.baseDirectory,
    context,
  );
  const picture = record?.pictures[0] ?? output;
  io.err(
    `
The picture is ${resolve(io.cwd, picture)} (${formatSeconds(record?.seconds ?? 0)}).

Try next:
  npx weir demo "a white ring over green hills"       another picture
  npx weir demo --vram-weights 4MB --verbose          the same, with room for a third of the weights
  npx weir run ${picture} -o again.png --base-directory ${demo.baseDirectory}
                                                      the same bytes again, from the picture alone
`,
  );
}
