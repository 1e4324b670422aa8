/** Samplers that evaluate the model once for each step between two sigmas. The others do so more often, some at a rate of their own. */
const ONCE_A_STEP = new Set([
  "euler",
  "euler_cfg_pp",
  "euler_ancestral",
  "euler_ancestral_cfg_pp",
  "ddim",
  "ddpm",
  "lcm",
  "lms",
  "ipndm",
  "dpmpp_2m",
  "dpmpp_2m_cfg_pp",
  "res_multistep",
  "res_multistep_cfg_pp",
  "res_multistep_ancestral",
  "res_multistep_ancestral_cfg_pp",
  "gradient_estimation",
  "gradient_estimation_cfg_pp",
]);

/** How many passes a run will take, which is what is announced. */
export const modelCalls = (sampler: string, steps: number): number | "unknown" =>
  ONCE_A_STEP.has(sampler) && steps > 0 ? steps : "unknown";
