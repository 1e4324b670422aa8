/** WEIR_FUZZ_SEED runs others than these; a failure names its seed. */
export const SEED = Number(process.env["WEIR_FUZZ_SEED"] ?? 20261124);
