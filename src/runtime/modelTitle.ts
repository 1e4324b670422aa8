import type { Model } from "../models/model.ts";

/** A model as messages and time lines name it: "flux2-dev.safetensors (flux2)". */
export const modelTitle = (model: Model): string => `${model.source.path.split(/[\\/]/).at(-1)} (${model.kind})`;
