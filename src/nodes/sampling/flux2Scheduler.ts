import { flux2Sigmas } from "../../sampling/flux2Sigmas.ts";
import { int, node } from "../declare.ts";
import { SIGMAS } from "../kinds.ts";

const SIDE = { default: 1024, min: 16, max: 16384, step: 1 };

/** steps + 1 sigmas from 1 to 0; width, height in pixels. Source: flux2.md, "Schedule". */
export const Flux2Scheduler = node({
  name: "Flux2Scheduler",
  category: "model/sampling/schedulers",
  pythonModule: "comfy_extras.nodes_flux",
  inputs: { steps: int({ default: 20, min: 1, max: 4096 }), width: int(SIDE), height: int(SIDE) },
  outputs: { SIGMAS: SIGMAS.output },
  execute: ({ steps, width, height }) => ({ SIGMAS: flux2Sigmas(steps, width, height) }),
});
