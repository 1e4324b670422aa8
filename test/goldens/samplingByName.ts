import { epsSampling } from "../../src/sampling/epsSampling.ts";
import { discreteFlowSampling, fluxSampling } from "../../src/sampling/flowSampling.ts";
import type { ModelSampling } from "../../src/sampling/modelSampling.ts";
import type { GoldenCase } from "./goldenCase.ts";

interface Description {
  readonly type: string;
  readonly settings: { readonly shift?: number };
}
const made = new Map<string, ModelSampling>();

/** The model sampling that a case describes under a name, in its `models` or its params. */
export function samplingByName(golden: GoldenCase, name: string): ModelSampling {
  const models = (golden.json["models"] ?? golden.params) as Readonly<Record<string, Description>>;
  const description = models[name];
  if (description === undefined) throw new Error(`the case describes no model sampling ${name}`);
  const key = JSON.stringify(description);
  let sampling = made.get(key);
  if (sampling === undefined) made.set(key, (sampling = make(description)));
  return sampling;
}

function make({ type, settings: { shift } }: Description): ModelSampling {
  if (type === "FLUX") return fluxSampling(shift!);
  if (type === "FLOW") return discreteFlowSampling(shift!);
  if (type === "EPS") return epsSampling();
  throw new Error(`no model sampling of type ${type}`);
}
