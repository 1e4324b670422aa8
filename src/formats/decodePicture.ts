import { decodeBmp } from "./decodeBmp.ts";
import { decodeJpeg } from "./decodeJpeg.ts";
import { decodePng } from "./decodePng.ts";
import { decodeWebp } from "./decodeWebp.ts";
import { UnsupportedFormat } from "./errors.ts";
import { FILE_KIND_BYTES, fileKind } from "./fileKind.ts";
import type { Pixels } from "./pixels.ts";

/** What `decodePicture` reads, for messages. */
const PICTURE_FORMATS = "PNG, JPEG, WebP and BMP";

/**
 * The pixels of a picture, by what its first bytes are; its name does not matter. Sizes are checked before anything is decoded.
 * Throws UnsupportedFormat (it says what the file is and what is read), CorruptFile, TooLarge.
 */
export async function decodePicture(bytes: Uint8Array, path = "picture"): Promise<Pixels> {
  const kind = fileKind(bytes.subarray(0, FILE_KIND_BYTES));
  switch (kind) {
    case "a PNG picture":
      return decodePng(bytes, path);
    case "a JPEG picture":
      return decodeJpeg(bytes, path);
    case "a WebP picture":
      return decodeWebp(bytes, path);
    case "a BMP picture":
      return decodeBmp(bytes, path);
    default:
      throw new UnsupportedFormat(path, `is ${kind ?? "no picture that is known"}; ${PICTURE_FORMATS} are read`);
  }
}
