"""Writes saSolver.json beside this file: what diffusers' SASolverScheduler (Apache-2.0) makes of a toy model.

Run where torch and diffusers 0.42.1 can be imported:
    python saSolver.py
Its latents have unit variance, x / sqrt(1 + sigma^2); noise is drawn as ComfyUI draws it, one tensor a step. The levels end above 0, since
diffusers' ways of ending are others. Its orders of 2 are the paper's simpler weights.
"""
import json, pathlib, warnings

warnings.filterwarnings("ignore")
import diffusers, torch
from diffusers import SASolverScheduler

SEED = 5
torch.set_num_threads(1)
x = torch.randn(1, 32, generator=torch.Generator().manual_seed(SEED)) * 14.5
sigmas = torch.tensor([14.5, 8.0, 4.25, 2.0, 1.0, 0.5, 0.25])


def model(x, s):
    return x / (1 + s * s) + 0.3 * s / (1 + s) * x / (1 + x.abs())


def run(eta, predictor_order, corrector_order):
    steps = len(sigmas) - 1
    scheduler = SASolverScheduler(
        prediction_type="sample",
        predictor_order=predictor_order,
        corrector_order=corrector_order,
        tau_func=lambda t: eta,
        lower_order_final=False,
    )
    scheduler.set_timesteps(steps)
    scheduler.sigmas = sigmas.double()
    scheduler.timesteps = torch.arange(900, 900 - steps, -1)
    generator = torch.Generator().manual_seed(SEED + 1)
    z = x / torch.sqrt(1 + sigmas[0] ** 2)
    for i, t in enumerate(scheduler.timesteps):
        predicted = model(z * torch.sqrt(1 + sigmas[i] ** 2), sigmas[i])
        z = scheduler.step(predicted, t, z, generator=generator).prev_sample
    return z * torch.sqrt(1 + sigmas[-1] ** 2)


cases = [
    {"eta": eta, "predictor_order": p, "corrector_order": c, "out": [float(f"{v:.8g}") for v in run(eta, p, c).flatten().tolist()]}
    for eta in (0.0, 0.4, 1.0, 1.3)
    for p, c in ((1, 1), (1, 3), (2, 2), (3, 3), (3, 4), (2, 4))
]
pathlib.Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "source": f"diffusers {diffusers.__version__} (Apache-2.0), SASolverScheduler, torch {torch.__version__}; made by saSolver.py",
            "seed": SEED,
            "sigmas": sigmas.tolist(),
            "x": x.flatten().tolist(),
            "cases": cases,
        }
    ).replace('{"eta"', '\n{"eta"')
    + "\n"
)
