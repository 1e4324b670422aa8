/** What a device says of a picture that is too large for it, by the error's code. */
const TOO_LARGE: ReadonlySet<unknown> = new Set(["does-not-fit", "device-full", "unsupported-op"]);

/** Passes on what `begin` gives; where a picture is too large to be made in one piece, the error says what else would do. */
export async function adviseIfTooLarge<T>(advice: string, begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    if (error instanceof Error && "code" in error && TOO_LARGE.has(error.code)) error.message += ` ${advice}`;
    throw error;
  }
}
