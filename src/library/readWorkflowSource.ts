import { readFile } from "node:fs/promises";
import type { WorkflowText } from "../workflow/findWorkflow.ts";
import { FileError } from "./errors.ts";

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/**
 * The text of a workflow's file: JSON, or what a PNG or WebP carries. `file` is the path as the user wrote it, for messages. Throws FileError and
 * the formats' errors.
 */
export async function readWorkflowSource(file: string, path: string): Promise<WorkflowText> {
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
    return { name: file, pngText: readPngText(bytes, file) };
  }
  if (bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP") {
    const { readWebpText } = await import("../formats/readWebpText.ts");
    return { name: file, pngText: readWebpText(bytes, file) };
  }
  return { name: file, json: bytes.toString("utf8") };
}
