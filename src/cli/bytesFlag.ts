import { parseByteSize } from "../engine/byteSize.ts";
import { UsageError } from "./errors.ts";

/** A flag that takes an amount of memory. Returns the text: what a share is of is known in the engine, where the device is. */
export function bytesFlag(flag: string, of: string): (text: string) => string {
  return (text) => {
    if (parseByteSize(text)) return text;
    throw new UsageError(
      `${flag} takes an amount of memory such as 8GB, 7.5GiB or 400MB, or a share of ${of} such as 60%; got "${text}"`,
    );
  };
}
