import { UnknownName } from "../errors.ts";
import type { Sampler } from "../sampler.ts";
import { ddpm } from "./ddpm.ts";
import { deis } from "./deis.ts";
import { dpm2 } from "./dpm2.ts";
import { dpm2Ancestral } from "./dpm2Ancestral.ts";
import { dpmAdaptive } from "./dpmAdaptive.ts";
import { dpmFast } from "./dpmFast.ts";
import { dpmpp2m } from "./dpmpp2m.ts";
import { dpmpp2mCfgPp } from "./dpmpp2mCfgPp.ts";
import { dpmpp2sAncestral } from "./dpmpp2sAncestral.ts";
import { dpmpp2sAncestralCfgPp } from "./dpmpp2sAncestralCfgPp.ts";
import { dpmppMSde } from "./dpmppMSde.ts";
import { dpmppSde } from "./dpmppSde.ts";
import { erSde } from "./erSde.ts";
import { euler } from "./euler.ts";
import { eulerAncestral } from "./eulerAncestral.ts";
import { eulerCfgPp } from "./eulerCfgPp.ts";
import { gradientEstimation } from "./gradientEstimation.ts";
import { heun } from "./heun.ts";
import { heunpp2 } from "./heunpp2.ts";
import { ipndm } from "./ipndm.ts";
import { ipndmV } from "./ipndmV.ts";
import { lcm } from "./lcm.ts";
import { lms } from "./lms.ts";
import { resMultistep } from "./resMultistep.ts";
import { saSolver } from "./saSolver.ts";
import { seeds } from "./seeds.ts";
import { uniPc } from "./uniPc.ts";

/** A sampler by ComfyUI's name, and how it differs from the others around its loop. */
export interface SamplerEntry {
  readonly run: Sampler;
  /** Where a mask keeps the old picture, noise it afresh (seed + 1) and not with the start noise. */
  readonly freshMaskNoise?: boolean;
  /** KSampler makes one more step for it and drops the second-last sigma. */
  readonly dropsPenultimate?: boolean;
}

/** Names in _gpu draw their noise where the latent is, which is here: they give what they give in ComfyUI on a CPU. */
const samplers: Readonly<Record<string, SamplerEntry>> = {
  euler: { run: euler },
  euler_cfg_pp: { run: eulerCfgPp({}) },
  euler_ancestral: { run: eulerAncestral() },
  euler_ancestral_cfg_pp: { run: eulerCfgPp({ ancestral: true }) },
  heun: { run: heun },
  heunpp2: { run: heunpp2 },
  exp_heun_2_x0: { run: seeds({ at: [1], weights: "phi2", eta: 0 }) },
  exp_heun_2_x0_sde: { run: seeds({ at: [1], weights: "phi2" }) },
  dpm_2: { run: dpm2, dropsPenultimate: true },
  dpm_2_ancestral: { run: dpm2Ancestral, dropsPenultimate: true },
  lms: { run: lms() },
  dpm_fast: { run: dpmFast },
  dpm_adaptive: { run: dpmAdaptive() },
  dpmpp_2s_ancestral: { run: dpmpp2sAncestral() },
  dpmpp_2s_ancestral_cfg_pp: { run: dpmpp2sAncestralCfgPp },
  dpmpp_sde: { run: dpmppSde() },
  dpmpp_sde_gpu: { run: dpmppSde() },
  dpmpp_2m: { run: dpmpp2m },
  dpmpp_2m_cfg_pp: { run: dpmpp2mCfgPp },
  dpmpp_2m_sde: { run: dpmppMSde({ formula: "midpoint" }) },
  dpmpp_2m_sde_gpu: { run: dpmppMSde({ formula: "midpoint" }) },
  dpmpp_2m_sde_heun: { run: dpmppMSde({ formula: "heun" }) },
  dpmpp_2m_sde_heun_gpu: { run: dpmppMSde({ formula: "heun" }) },
  dpmpp_3m_sde: { run: dpmppMSde({ formula: "third" }) },
  dpmpp_3m_sde_gpu: { run: dpmppMSde({ formula: "third" }) },
  ddpm: { run: ddpm },
  lcm: { run: lcm },
  ipndm: { run: ipndm },
  ipndm_v: { run: ipndmV },
  deis: { run: deis },
  res_multistep: { run: resMultistep({}) },
  res_multistep_cfg_pp: { run: resMultistep({ cfgPp: true }) },
  res_multistep_ancestral: { run: resMultistep({ ancestral: true }) },
  res_multistep_ancestral_cfg_pp: { run: resMultistep({ ancestral: true, cfgPp: true }) },
  gradient_estimation: { run: gradientEstimation({}) },
  gradient_estimation_cfg_pp: { run: gradientEstimation({ cfgPp: true }) },
  er_sde: { run: erSde() },
  seeds_2: { run: seeds({ at: [1 / 2] }) },
  seeds_3: { run: seeds({ at: [1 / 3, 2 / 3] }) },
  sa_solver: { run: saSolver({}) },
  sa_solver_pece: { run: saSolver({ pece: true }) },
  ddim: { run: euler, freshMaskNoise: true },
  uni_pc: { run: uniPc({ variant: "bh1" }), dropsPenultimate: true },
  uni_pc_bh2: { run: uniPc({ variant: "bh2" }), dropsPenultimate: true },
};

/** ComfyUI's names, in its order. */
export const samplerNames: readonly string[] = Object.keys(samplers);

/** Throws UnknownName, which lists what there is. */
export function samplerByName(name: string): SamplerEntry {
  const entry = Object.hasOwn(samplers, name) ? samplers[name] : undefined;
  if (entry === undefined) throw new UnknownName("sampler", name, samplerNames);
  return entry;
}
