import type { Backend, DeviceInfo } from "../tensor/backend.ts";
import type { TensorSpec } from "../tensor/dtype.ts";
import { Graph } from "../tensor/graph.ts";
import type { LayerTerms } from "../tensor/layerTerms.ts";
import { PIECE_BYTES } from "../tensor/ops/index.ts";
import type { Program } from "../tensor/program.ts";
import type { PassDef } from "../tensor/stage.ts";
import { type CarriedPlan, planCarried } from "./planCarried.ts";

/** A pass ready to run: one program per stage, where its carried tensors lie, and what the largest stage needs for activations. */
export interface CompiledPass {
  readonly def: PassDef;
  readonly programs: readonly Program[];
  readonly activationBytes: readonly number[];
  readonly carried: CarriedPlan;
}

/** Builds every stage's graph. Throws `ShapeError` for tensors that do not fit together. Pure but for the backend's sizes. */
export function compilePass(
  def: PassDef,
  weights: ReadonlyMap<string, TensorSpec>,
  castWeights: boolean,
  backend: Pick<Backend, "activationBytes"> & {
    readonly info: Pick<DeviceInfo, "alignment"> & Partial<Pick<DeviceInfo, "maxBufferBytes">>;
  },
  terms?: (weight: string) => LayerTerms | undefined,
): CompiledPass {
  const programs = def.stages.map((stage) => {
    const graph = new Graph({
      name: stage.name,
      weight: (name) => weights.get(name),
      carried: (name) => def.carried[name],
      ...(terms && { terms }),
      castWeights,
      pieceBytes: Math.min(PIECE_BYTES, backend.info.maxBufferBytes ?? PIECE_BYTES),
    });
    stage.build(graph);
    return graph.finish();
  });
  return {
    def,
    programs,
    activationBytes: programs.map((program) => backend.activationBytes(program)),
    carried: planCarried(def, programs, backend.info.alignment),
  };
}
