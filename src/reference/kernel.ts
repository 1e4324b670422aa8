import type { Node } from "../tensor/program.ts";
import type { Operand } from "./operand.ts";

/** One op in plain loops: reads its inputs, sums in f64, and rounds each value once, when it stores. */
export type Kernel = (inputs: readonly Operand[], out: Operand, params: Node["params"]) => void;
