import { readFile } from "node:fs/promises";
import { FILE_KIND_BYTES, fileKind } from "../formats/fileKind.ts";
import { WorkflowError } from "../workflow/errors.ts";
import type { WorkflowText } from "../workflow/findWorkflow.ts";
import { FileError } from "./errors.ts";

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/**
 * The text of a workflow's file: JSON, or what a PNG or WebP carries. `file` is the path as the user wrote it, for messages. Throws FileError,
 * WorkflowError for what is plainly something else, and the formats' errors.
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
  const weights = isSafetensors(bytes) ? "a safetensors file" : isGguf(bytes) ? "a GGUF file" : null;
  const kind = weights ?? fileKind(bytes.subarray(0, FILE_KIND_BYTES));
  if (kind !== null && !TEXT.has(kind)) {
    const next = weights ? `; weir inspect ${file} tells what is in it` : "";
    throw new WorkflowError(
      "no-workflow",
      `${file} is ${kind}, which holds no workflow: give a workflow (JSON), or a picture (PNG, WebP) that carries one${next}`,
    );
  }
  return { name: file, json: bytes.toString("utf8") };
}

/** Kinds that the reader of JSON says more of. */
const TEXT = new Set(["a JSON file", "a text file"]);

/** Eight bytes of a length below 2^40, then the header's brace: no text has zeros there. */
const isSafetensors = (bytes: Buffer): boolean =>
  bytes.length > 8 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0 && bytes[8] === 0x7b;

const isGguf = (bytes: Buffer): boolean => bytes.toString("latin1", 0, 4) === "GGUF";
