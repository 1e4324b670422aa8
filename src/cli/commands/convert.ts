import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { builtInPage } from "../../engine/builtInPage.ts";
import { FileError } from "../../library/errors.ts";
import { readWorkflowSource } from "../../library/readWorkflowSource.ts";
import { convertWorkflow } from "../../workflow/convert/convertWorkflow.ts";
import type { Describe } from "../../workflow/convert/scope.ts";
import { JsonError } from "../../workflow/errors.ts";
import { type FoundWorkflow, findWorkflow, type WorkflowText } from "../../workflow/findWorkflow.ts";
import { printJson } from "../../workflow/losslessJson.ts";
import type { CliContext } from "../runCli.ts";
import { userNodes } from "../userNodes.ts";
import { whyNotWritten } from "../whyNotWritten.ts";
import { writeWhole } from "../writeWhole.ts";

export interface ConvertFlags {
  readonly output?: string;
  readonly customNodes?: readonly string[];
}

/** `weir convert FILE`: the workflow in API format, to stdout or a file that is written whole. Throws FileError, JsonError, WorkflowError. */
export async function convertCommand(file: string, flags: ConvertFlags, { io }: CliContext): Promise<void> {
  const { output, customNodes } = flags;
  const found = find(await readWorkflowSource(file, resolve(io.cwd, file)));
  let prompt: unknown;
  if ("prompt" in found) prompt = found.prompt;
  else {
    const known = await userNodes(customNodes, io.cwd);
    for (const warning of known.warnings) io.err(`warning: ${warning}\n`);
    const describe: Describe = (classType) => builtInPage.describe(classType) ?? known.describe(classType);
    const converted = convertWorkflow(found.ui, { name: file, describe, random: Math.random, now: new Date() });
    for (const [id, classType] of Object.entries(converted.unknown)) {
      io.err(`warning: node ${id}: there is no node class "${classType}" here, so its values have no names\n`);
    }
    prompt = converted.prompt;
  }
  const text = `${printJson(prompt, { indent: 2 })}\n`;
  if (output === undefined) io.out(text);
  else await write(resolve(io.cwd, output), text);
}

function find(source: WorkflowText): FoundWorkflow {
  try {
    return findWorkflow(source);
  } catch (error) {
    if ("json" in source && error instanceof JsonError) {
      throw new JsonError(`${source.name} is not JSON: ${error.message}`);
    }
    throw error;
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, (to) => writeFile(to, text));
  } catch (error) {
    throw new FileError("cannot-write", `cannot write ${path}: ${whyNotWritten(error)}; choose another place with -o`);
  }
}
