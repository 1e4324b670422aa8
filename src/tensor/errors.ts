/** Operands that do not fit together. Raised while a graph is built, before any device sees it: ggml would end the process instead. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
  readonly code = "shape-mismatch";
}
