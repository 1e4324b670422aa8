/** Bounds on what a request may bring, in bytes. Everything else that is bounded says so where it is used. */
export interface Limits {
  /** `--max-upload-size`: files, prompts and user data. */
  readonly upload: number;
  /** Bodies that hold ids and switches. */
  readonly small: number;
}

const MIB = 2 ** 20;

/** ComfyUI's default is 100 MB, and counts in MiB. */
export const limitsOf = (uploadMegabytes = 100): Limits => ({
  upload: Math.floor(uploadMegabytes * MIB),
  small: 4 * MIB,
});
