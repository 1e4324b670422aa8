export type { Flux2Dims } from "./dims.ts";
export { type Flux2Values, flux2Inputs, flux2ModulationInputs, flux2StepInputs } from "./inputs.ts";
export { type Flux2Model, openFlux2 } from "./open.ts";
export { padContext } from "./padContext.ts";
export { MODULATIONS } from "./pass.ts";
export { positions } from "./positions.ts";
export { ropeTables } from "./rope.ts";
export { type Flux2Shape, moments, type ReferenceMethod } from "./shape.ts";
export { timestepEmbedding } from "./timestep.ts";
