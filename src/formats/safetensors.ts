import type { FileHandle } from "node:fs/promises";
import { CorruptFile, TooLarge, WrongFormat } from "./errors.ts";
import { FILE_KIND_BYTES, fileKind } from "./fileKind.ts";
import { readFully } from "./readFully.ts";
import { LIMITS, parseSafetensorsHeader, type SafetensorsHeader } from "./safetensorsHeader.ts";
import type { WeightSource } from "./weightSource.ts";
import { openWeightsFile } from "./weightsFile.ts";

/**
 * Opens a safetensors file: reads and checks the header, leaves the weights where they are. Costs the header's length, not the file's.
 * Throws CannotOpen, WrongFormat (it says what the file is), CorruptFile, UnsupportedFormat, TooLarge, ReadFailed.
 */
export async function openSafetensors(path: string): Promise<WeightSource> {
  const { file } = await openWeightsFile(path, "a safetensors file", (handle, fileBytes) =>
    readHeader(path, handle, fileBytes),
  );
  return file;
}

async function readHeader(path: string, handle: FileHandle, fileBytes: number): Promise<SafetensorsHeader> {
  if (fileBytes === 0) throw new WrongFormat(path, "is empty, not a safetensors file");
  const start = Buffer.alloc(Math.min(FILE_KIND_BYTES, fileBytes));
  await readFully(path, handle, 0, start);
  const otherwise = (fact: string, Failure: typeof CorruptFile | typeof TooLarge = CorruptFile): Error => {
    const kind = fileKind(start);
    return kind ? new WrongFormat(path, `is ${kind}, not a safetensors file`) : new Failure(path, fact);
  };
  if (fileBytes < 10)
    throw otherwise(`has ${fileBytes} bytes, too short for a safetensors file: is the download complete?`);
  const length = start.readBigUInt64LE(0);
  if (length > BigInt(LIMITS.headerBytes))
    throw otherwise(`says that its header has ${length} bytes, the limit is ${LIMITS.headerBytes}`, TooLarge);
  if (8n + length > BigInt(fileBytes))
    throw otherwise(`says that its header has ${length} bytes, the file has ${fileBytes}: is the download complete?`);
  if (start[8] !== 0x7b) throw otherwise("its header does not start with {: not a safetensors file");
  const header = Buffer.allocUnsafe(Number(length));
  await readFully(path, handle, 8, header);
  return parseSafetensorsHeader(path, header, fileBytes);
}
