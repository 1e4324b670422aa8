export * from "./backend.ts";
export * from "./dtype.ts";
export * from "./errors.ts";
export { contiguous, Graph, isContiguous, type Tensor } from "./graph.ts";
export type { AdaptedLayer, LayerTerms } from "./layerTerms.ts";
export * from "./ops/index.ts";
export * from "./planActivations.ts";
export * from "./program.ts";
export * from "./stage.ts";
