/** The compute library is not there, or lacks a part. `code`: "ggml-not-found". */
export class GgmlNotFound extends Error {
  override readonly name = "GgmlNotFound";
  readonly code = "ggml-not-found";
}

/** Another version of the compute library than the one whose prototypes and numbers are known. `code`: "ggml-version". */
export class GgmlVersionMismatch extends Error {
  override readonly name = "GgmlVersionMismatch";
  readonly code = "ggml-version";
}

/** No device of the name the user gave. `code`: "device-not-found". */
export class DeviceNotFound extends Error {
  override readonly name = "DeviceNotFound";
  readonly code = "device-not-found";
}

/** The device cannot run an op of a program; ggml would end the process. `code`: "unsupported-op". */
export class UnsupportedOp extends Error {
  override readonly name = "UnsupportedOp";
  readonly code = "unsupported-op";
}
