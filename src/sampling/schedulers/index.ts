import { UnknownName } from "../errors.ts";
import type { Scheduler } from "../scheduler.ts";
import { beta } from "./beta.ts";
import { ddimUniform } from "./ddimUniform.ts";
import { exponential } from "./exponential.ts";
import { karras } from "./karras.ts";
import { klOptimal } from "./klOptimal.ts";
import { linearQuadratic } from "./linearQuadratic.ts";
import { normal, sgmUniform } from "./normal.ts";
import { simple } from "./simple.ts";

const schedulers: Readonly<Record<string, Scheduler>> = {
  simple,
  sgm_uniform: sgmUniform,
  karras,
  exponential,
  ddim_uniform: ddimUniform,
  beta,
  normal,
  linear_quadratic: linearQuadratic,
  kl_optimal: klOptimal,
};

/** ComfyUI's names, in its order. */
export const schedulerNames: readonly string[] = Object.keys(schedulers);

/** Throws UnknownName, which lists what there is. */
export function schedulerByName(name: string): Scheduler {
  const scheduler = Object.hasOwn(schedulers, name) ? schedulers[name] : undefined;
  if (scheduler === undefined) throw new UnknownName("scheduler", name, schedulerNames);
  return scheduler;
}
