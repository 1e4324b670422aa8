"""ComfyUI's own loader and model on PyTorch's CPU, as `main.py --cpu` has them; the lines are protocol.py's.

Runs ComfyUI's code where it was unpacked (sizes["comfyui"]); nothing of it is here. Modes: "resident": its defaults; "bf16": `--bf16-unet`, computing
in the file's own encoding. comfy-aimdo needs an NVIDIA or AMD GPU; what it says on this machine is part of the first line.
"""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec

from protocol import job, serve, timed, torch_inputs

sizes = job()
sys.path.insert(0, sizes["comfyui"])
# ComfyUI reads its flags from argv while it is imported.
sys.argv = ["main.py", "--cpu"] + (["--bf16-unet"] if sizes["mode"] == "bf16" else [])

# ComfyUI imports torchaudio for sound alone, and the newest one refuses this PyTorch ("compiled with different CUDA versions").
for name in ("torchaudio", "torchaudio.functional", "torchaudio.transforms"):
    sys.modules[name] = module_from_spec(ModuleSpec(name, None, is_package=True))
for name in ("functional", "transforms"):
    setattr(sys.modules["torchaudio"], name, sys.modules[f"torchaudio.{name}"])

import torch  # noqa: E402
import comfy.options  # noqa: E402

comfy.options.enable_args_parsing()

import comfy.model_management  # noqa: E402
import comfy.sd  # noqa: E402
import comfyui_version  # noqa: E402


def aimdo():
    """What comfy-aimdo makes of this machine: its version, and what its own two calls answer (False: it does not start)."""
    from importlib.metadata import version

    import comfy_aimdo.control as control

    try:
        said = f"init {control.init()}, init_devices {control.init_devices([0])}"
    except Exception as error:  # reported, whatever it is
        said = f"{type(error).__name__}: {error}"
    return f"comfy-aimdo {version('comfy-aimdo')}: {said}"


def main():
    torch.set_num_threads(sizes["threads"])
    patcher = comfy.sd.load_diffusion_model(sizes["file"])
    comfy.model_management.load_models_gpu([patcher])
    x, context, sigma = torch_inputs(torch, sizes, torch.float32)
    level = torch.tensor([sigma])
    last = {}

    def step():
        def run():
            with torch.inference_mode():
                last["out"] = patcher.model.apply_model(x, level, c_crossattn=context)

        answer = timed(run)
        if not torch.isfinite(last["out"]).all():
            raise SystemExit("the output is not finite")
        return answer

    # apply_model answers with the denoised latent, x - sigma * output.
    about = {
        "name": f"ComfyUI {comfyui_version.__version__}",
        "on": f"torch {torch.__version__}, weights {patcher.model.get_dtype()}, computing in {patcher.model.manual_cast_dtype or patcher.model.get_dtype()}",
        "note": aimdo(),
    }
    serve(about, step, lambda: ((x - last["out"].float()) / sigma).flatten().tolist())


main()
