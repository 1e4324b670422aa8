export type { Adapter, AdapterKind } from "./adapter.ts";
export { fitLora, type LoraFit, type Patch } from "./fit.ts";
export { flux2Targets } from "./flux2Targets.ts";
export { type LoraTerms, loraTerms } from "./loraTerms.ts";
export { madeFor } from "./madeFor.ts";
export { type LoraModel, openLora } from "./open.ts";
export type { AppliedLora } from "./stack.ts";
export type { FindTarget, Target } from "./target.ts";
export { textTargets } from "./textTargets.ts";
