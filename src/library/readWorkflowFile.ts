import { readFile } from "node:fs/promises";
import { JsonError } from "../workflow/errors.ts";
import { readWorkflow, type Workflow } from "../workflow/readWorkflow.ts";
import { FileError } from "./errors.ts";

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/**
 * A workflow from a file: JSON in API format, or a PNG that carries one. `file` is the path as the user wrote it, for messages.
 * Throws FileError, JsonError, WorkflowError and the formats' errors.
 */
export async function readWorkflowFile(file: string, path: string): Promise<Workflow> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : (error as Error).message;
    throw new FileError("no-such-file", `cannot read ${file}: ${why}; give a workflow (JSON) or a picture (PNG)`);
  }
  if (bytes.subarray(0, 4).equals(PNG_SIGNATURE)) {
    const { readPngText } = await import("../formats/readPngText.ts");
    return readWorkflow({ name: file, pngText: readPngText(bytes, file) });
  }
  try {
    return readWorkflow({ name: file, json: bytes.toString("utf8") });
  } catch (error) {
    if (error instanceof JsonError) throw new JsonError(`${file} is not JSON: ${error.message}`);
    throw error;
  }
}
