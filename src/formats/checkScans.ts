import { TooLarge } from "./errors.ts";

/** Encoders write some ten; a decoder that bounds them at all takes a few hundred. */
const MAX_SCANS = 100;

/**
 * A progressive JPEG may have any number of scans, ten bytes each, and each is a pass over the whole picture: a file of a few hundred kB would be decoded for
 * hours. Counts the marks that begin one (in coded data 0xff is followed by 0), those of a thumbnail too. Throws TooLarge. Source: ITU-T T.81, B.2.3.
 */
export function checkScans(bytes: Uint8Array, path: string): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let scans = 0;
  for (let at = view.indexOf(START); at >= 0; at = view.indexOf(START, at + 2)) scans += 1;
  if (scans > MAX_SCANS) throw new TooLarge(path, `has ${scans} scans, the limit is ${MAX_SCANS}`);
}

const START = Buffer.from([0xff, 0xda]);
