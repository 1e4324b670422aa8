import { combo, float } from "../declare.ts";

/** The inputs of nodes that set how much noise a sampler renews. `max`: of both; `advanced`: the page folds them away. */
export const etaInput = ({
  max = 100,
  advanced = true,
  tooltip,
}: {
  max?: number;
  advanced?: boolean;
  tooltip?: string;
} = {}) =>
  float({
    default: 1,
    min: 0,
    max,
    step: 0.01,
    round: false,
    ...(advanced ? { advanced } : {}),
    ...(tooltip === undefined ? {} : { tooltip }),
  });

/** Where noise is drawn: here always on the CPU, so that a seed gives the same picture on every device. */
export const noiseDevice = () => combo(["gpu", "cpu"], { form: "object", advanced: true });
