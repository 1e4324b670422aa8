import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { openWeights } from "../../formats/openWeights.ts";
import { FileError } from "../../library/errors.ts";
import { describe } from "../inspect/describe.ts";
import { inspectSource } from "../inspect/inspectFile.ts";
import type { CliContext } from "../runCli.ts";

/** `weir inspect FILE`: what a weights file holds and needs. Reads its header, opens no device. Throws the formats' and the models' errors. */
export async function inspectCommand(
  file: string,
  { json = false }: { readonly json?: boolean },
  { io }: CliContext,
): Promise<void> {
  const path = resolve(io.cwd, file);
  await stat(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new FileError("no-such-file", `cannot read ${file}: ${why}; give a file of weights (safetensors, GGUF)`);
  });
  const source = await openWeights(path);
  try {
    const inspection = await inspectSource(source);
    io.out(json ? `${JSON.stringify(inspection, null, 2)}\n` : describe(inspection));
  } finally {
    await source.close();
  }
}
