import { RequestError } from "../errors.ts";

/** What file systems take is 255 bytes for a name; a number or an ending may still be added. */
const MAX_NAME = 240;
const MAX_PATH = 1024;

/** A path that is to be written: no part of it, and not the whole, is longer than a file system takes. Throws RequestError 400 before anything is made. */
export function checkNames(path: string, field: string): void {
  const long = path.split(/[/\\]/).some((part) => Buffer.byteLength(part) > MAX_NAME);
  if (long || Buffer.byteLength(path) > MAX_PATH) {
    throw new RequestError(400, `a name may have ${MAX_NAME} bytes, and a path ${MAX_PATH}`, field);
  }
}
