import { describe, expect, test } from "vitest";
import { flux2Sampling, fluxSampling } from "../../sampling/flowSampling.ts";
import type { Guider } from "../../sampling/guiders.ts";
import { prepareNoise } from "../../sampling/prepareNoise.ts";
import { sample } from "../../sampling/sample.ts";
import { basicSchedule } from "../../sampling/scheduleSigmas.ts";
import type { WeirNode } from "../context.ts";
import { runNode } from "../testing/runNode.ts";
import type { SamplerChoice } from "../values.ts";
import { SamplerDPMAdaptative } from "./samplerDPMAdaptative.ts";
import { SamplerDPMPP_2M_SDE } from "./samplerDPMPP2MSDE.ts";
import { SamplerDPMPP_2S_Ancestral } from "./samplerDPMPP2SAncestral.ts";
import { SamplerDPMPP_3M_SDE } from "./samplerDPMPP3MSDE.ts";
import { SamplerDPMPP_SDE } from "./samplerDPMPPSDE.ts";
import { SamplerER_SDE } from "./samplerERSDE.ts";
import { SamplerEulerAncestral } from "./samplerEulerAncestral.ts";
import { SamplerEulerAncestralCFGPP } from "./samplerEulerAncestralCFGPP.ts";
import { SamplerLMS } from "./samplerLMS.ts";
import { SamplerSASolver } from "./samplerSASolver.ts";
import { SamplerSEEDS2 } from "./samplerSEEDS2.ts";

const SIZE = 30;
const sampling = flux2Sampling();
const guider: Guider = async (x, sigma) => {
  const denoised = x.map((v, i) => Math.cos(v + i) * (1 - sigma / 2));
  return { denoised, uncond: denoised.map((v) => v * 0.7) };
};
const picture = ({ name, method }: SamplerChoice) =>
  sample({
    sampler: name,
    method,
    guider,
    sampling,
    sigmas: basicSchedule(sampling, { scheduler: "simple", steps: 5, denoise: 1 }),
    noise: prepareNoise([1, SIZE], 1n),
    latent: new Float32Array(SIZE),
    seed: 3n,
  });
const chosen = async (node: WeirNode, inputs: Record<string, unknown> = {}) => {
  const defaults = Object.entries(node.inputs).map(([name, spec]) => [
    name,
    spec.type === "COMBO" ? (spec.options as readonly string[])[0] : "default" in spec ? spec.default : false,
  ]);
  return (await runNode(node, { ...Object.fromEntries(defaults), model: { sampling }, ...inputs }))[
    "SAMPLER"
  ] as SamplerChoice;
};

describe("with the settings it comes with, a node's sampler is the one of that name", () => {
  test.each<[string, WeirNode, string, Record<string, unknown>]>([
    ["SamplerEulerAncestral", SamplerEulerAncestral, "euler_ancestral", { eta: 0.3 }],
    ["SamplerEulerAncestralCFGPP", SamplerEulerAncestralCFGPP, "euler_ancestral_cfg_pp", { s_noise: 0.3 }],
    ["SamplerLMS", SamplerLMS, "lms", { order: 2 }],
    ["SamplerDPMPP_3M_SDE", SamplerDPMPP_3M_SDE, "dpmpp_3m_sde", { eta: 0.3 }],
    ["SamplerDPMPP_2M_SDE", SamplerDPMPP_2M_SDE, "dpmpp_2m_sde", { solver_type: "heun" }],
    ["SamplerDPMPP_SDE", SamplerDPMPP_SDE, "dpmpp_sde", { r: 0.7 }],
    ["SamplerDPMPP_2S_Ancestral", SamplerDPMPP_2S_Ancestral, "dpmpp_2s_ancestral", { eta: 0 }],
    ["SamplerDPMAdaptative", SamplerDPMAdaptative, "dpm_adaptive", { order: 2 }],
    ["SamplerER_SDE", SamplerER_SDE, "er_sde", { max_stage: 1 }],
    ["SamplerSASolver", SamplerSASolver, "sa_solver", { corrector_order: 0 }],
    ["SamplerSEEDS2", SamplerSEEDS2, "seeds_2", { solver_type: "phi_2" }],
  ])("%s", async (_, node, name, other) => {
    const plain = await picture({ name });
    const choice = await chosen(node);
    expect(choice.name).toBe(name);
    expect(await picture(choice)).toEqual(plain);
    expect(await picture(await chosen(node, other))).not.toEqual(plain);
  });
});

test("other samplers that a node can be", async () => {
  expect(await picture(await chosen(SamplerDPMPP_2M_SDE, { solver_type: "heun" }))).toEqual(
    await picture({ name: "dpmpp_2m_sde_heun" }),
  );
  expect(await picture(await chosen(SamplerSASolver, { use_pece: true }))).toEqual(
    await picture({ name: "sa_solver_pece" }),
  );
  expect(await picture(await chosen(SamplerSEEDS2, { solver_type: "phi_2", r: 1, eta: 0 }))).toEqual(
    await picture({ name: "exp_heun_2_x0" }),
  );
  expect(await picture(await chosen(SamplerSEEDS2, { solver_type: "phi_2", r: 1 }))).toEqual(
    await picture({ name: "exp_heun_2_x0_sde" }),
  );
});

test("sa_solver renews noise between two shares of the way, counted on the model it is given", async () => {
  const [never, always] = await Promise.all([
    picture(await chosen(SamplerSASolver, { sde_start_percent: 1, sde_end_percent: 1 })),
    picture(await chosen(SamplerSASolver, { sde_start_percent: 0, sde_end_percent: 1 })),
  ]);
  expect(never).toEqual(await picture(await chosen(SamplerSASolver, { eta: 0 })));
  expect(always).not.toEqual(await picture({ name: "sa_solver" }));
  const shifted = await chosen(SamplerSASolver, { model: { sampling: fluxSampling(0) } });
  expect(await picture(shifted)).not.toEqual(await picture({ name: "sa_solver" }));
});

test("er_sde: without noise its two other kinds are one", async () => {
  const ode = await picture(await chosen(SamplerER_SDE, { solver_type: "ODE" }));
  const still = await chosen(SamplerER_SDE, { solver_type: "Reverse-time SDE", eta: 0 });
  expect(await picture(still)).toEqual(ode);
  expect(await picture(await chosen(SamplerER_SDE, { solver_type: "Reverse-time SDE" }))).not.toEqual(ode);
});

test("dpmpp_sde cannot ask twice at a step's start", async () => {
  await expect(chosen(SamplerDPMPP_SDE, { r: 0 })).rejects.toMatchObject({
    code: "bad-node-input",
    message: "SamplerDPMPP_SDE: r is 0, and a step is not asked for twice at its start; above 0 it works",
  });
});
