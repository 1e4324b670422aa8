import type { Model } from "../../src/models/model.ts";
import { residentForm } from "../../src/runtime/residentForm.ts";
import { Graph, type PassDef, type Program, type TensorSpec } from "../../src/tensor/index.ts";

/** Builds every stage of a pass. The shape checks of all ops run; nothing is computed. */
export function buildPass(model: Model, pass: PassDef, castWeights = true, pieceBytes?: number): Program[] {
  const forms = new Map<string, TensorSpec>(
    model.weights.map((weight) => [weight.name, residentForm(model.source.path, weight)]),
  );
  return pass.stages.map((stage) => {
    const g = new Graph({
      name: stage.name,
      weight: (name) => forms.get(name),
      carried: (name) => pass.carried[name],
      castWeights,
      ...(pieceBytes !== undefined && { pieceBytes }),
    });
    stage.build(g);
    return g.finish();
  });
}
