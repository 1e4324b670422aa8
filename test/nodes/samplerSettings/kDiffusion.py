"""Writes kDiffusion.json beside this file: what k-diffusion's own samplers make of a toy model with settings off their defaults.

Run where torch, scipy, torchsde and the package k-diffusion 0.1.1.post1 (MIT, Katherine Crowson) can be imported:
    python kDiffusion.py
Only k_diffusion/sampling.py is used; what else the package imports is stood in for.
"""
import json, pathlib, sys, types, importlib.util, importlib.metadata

for name in ("torchdiffeq", "k_diffusion", "k_diffusion.utils"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["torchdiffeq"].odeint = None
utils = sys.modules["k_diffusion.utils"]
sys.modules["k_diffusion"].utils = utils
utils.append_dims = lambda x, dims: x[(...,) + (None,) * (dims - x.ndim)]
path = importlib.metadata.distribution("k-diffusion").locate_file("k_diffusion/sampling.py")
spec = importlib.util.spec_from_file_location("k_diffusion.sampling", path)
k = importlib.util.module_from_spec(spec)
spec.loader.exec_module(k)

import torch

SEED = 5
SIZE = 32
torch.set_num_threads(1)
# the latent and the levels are numbers of f32 that json holds exactly
x = torch.randn(1, SIZE, generator=torch.Generator().manual_seed(SEED)) * 14.5
sigmas = torch.cat([torch.tensor([14.5, 8.0, 4.25, 2.0, 1.0, 0.5, 0.25]), torch.zeros(1)])


def model(x, sigma):
    """A prediction that is no line in x and turns with the level."""
    s = sigma.reshape(-1, 1)
    return x / (1 + s * s) + 0.3 * s / (1 + s) * x / (1 + x.abs())


def default_noise():
    generator = torch.Generator().manual_seed(SEED + 1)
    return lambda sigma, sigma_next: torch.randn(x.shape, generator=generator)


def brownian():
    return k.BrownianTreeNoiseSampler(x, sigmas[sigmas > 0].min(), sigmas.max(), seed=SEED)


cases = []


def case(sampler, noise=None, **options):
    kwargs = dict(options)
    if noise:
        kwargs["noise_sampler"] = noise()
    function = getattr(k, f"sample_{sampler}")
    if sampler == "dpm_adaptive":
        out, info = function(model, x, 0.25, 14.5, disable=True, return_info=True, **kwargs)
        extra = {"calls": info["nfe"]}
    else:
        # ComfyUI's lms takes the prediction itself at a last level of 0, so that step is left out
        out = function(model, x, sigmas[:-1] if sampler == "lms" else sigmas, disable=True, **kwargs)
        extra = {}
    cases.append({"sampler": sampler, "options": options, **extra, "out": [float(f"{v:.8g}") for v in out.flatten().tolist()]})


noises = [{"eta": 0.3, "s_noise": 1.0}, {"eta": 1.0, "s_noise": 0.7}, {"eta": 0.6, "s_noise": 1.4}, {"eta": 0.0, "s_noise": 1.0}]
for options in noises:
    case("euler_ancestral", default_noise, **options)
    case("dpmpp_2s_ancestral", default_noise, **options)
    for r in (0.25, 0.5, 0.8):
        case("dpmpp_sde", brownian, r=r, **options)
    for solver_type in ("midpoint", "heun"):
        case("dpmpp_2m_sde", brownian, solver_type=solver_type, **options)
    case("dpmpp_3m_sde", brownian, **options)
for order in (1, 2, 3, 4, 6):
    case("lms", order=order)
for options in (
    {"order": 2},
    {"order": 2, "rtol": 0.01, "atol": 0.001},
    {"rtol": 0.2, "atol": 0.05, "h_init": 0.4},
    {"pcoeff": 0.3, "icoeff": 0.7, "dcoeff": 0.1},
    {"accept_safety": 0.95, "rtol": 0.02},
    {"order": 2, "pcoeff": 0.4, "icoeff": 0.6, "h_init": 0.2},
):
    case("dpm_adaptive", None, **options)
for options in ({"eta": 0.5, "s_noise": 0.8}, {"eta": 1.0, "order": 2}, {"eta": 0.25, "rtol": 0.01}):
    case("dpm_adaptive", default_noise, **options)

pathlib.Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "source": f"k-diffusion {importlib.metadata.version('k-diffusion')} (PyPI, MIT), torch {torch.__version__}; made by kDiffusion.py",
            "model": "denoised = x / (1 + s^2) + 0.3 s / (1 + s) x / (1 + |x|)",
            "seed": SEED,
            "sigmas": sigmas.tolist(),
            "x": x.flatten().tolist(),
            "cases": cases,
        },
    ).replace('{"sampler"', '\n{"sampler"')
    + "\n"
)
