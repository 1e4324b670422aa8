import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { builtInPage } from "../../engine/builtInPage.ts";
import { FileError } from "../../library/errors.ts";
import { readWorkflowSource } from "../../library/readWorkflowSource.ts";
import { convertWorkflow } from "../../workflow/convert/convertWorkflow.ts";
import { JsonError } from "../../workflow/errors.ts";
import { type FoundWorkflow, findWorkflow, type WorkflowText } from "../../workflow/findWorkflow.ts";
import { printJson } from "../../workflow/losslessJson.ts";
import type { CliContext } from "../runCli.ts";

export interface ConvertFlags {
  readonly output?: string;
}

/** `weir convert FILE`: the workflow in API format, to stdout or a file that is written whole. Throws FileError, JsonError, WorkflowError. */
export async function convertCommand(file: string, { output }: ConvertFlags, { io }: CliContext): Promise<void> {
  const found = find(await readWorkflowSource(file, resolve(io.cwd, file)));
  let prompt: unknown;
  if ("prompt" in found) prompt = found.prompt;
  else {
    const { describe } = builtInPage;
    const converted = convertWorkflow(found.ui, { name: file, describe, random: Math.random, now: new Date() });
    for (const [id, classType] of Object.entries(converted.unknown)) {
      io.err(`warning: node ${id}: there is no node class "${classType}" here, so its values have no names\n`);
    }
    prompt = converted.prompt;
  }
  const text = `${printJson(prompt, { indent: 2 })}\n`;
  if (output === undefined) io.out(text);
  else await writeWhole(resolve(io.cwd, output), text);
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

async function writeWhole(path: string, text: string): Promise<void> {
  const half = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(half, text);
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw new FileError(
      "cannot-write",
      `cannot write ${path}: ${(error as Error).message}; choose another place with -o`,
    );
  }
}
