"""stable-diffusion.cpp by its Python binding, a whole small picture at a time; the lines are protocol.py's.

Its interface has no single pass: a picture of two Euler steps is drawn, and a step is the second, between two calls of its
progress callback (the first also plans its graphs). The text encoder (sizes["llm"]) and the tiny autoencoder (sizes["tae"]) beside the transformer are small.
Modes: "resident"; "mmap": `--mmap`; "offload": `--offload-to-cpu` with `--max-vram` at the share of the weights, which cuts the graph into pieces;
"fa": `--diffusion-fa`.
"""

import stable_diffusion_cpp as sd
from importlib.metadata import version

from protocol import cost, job, now, serve

STEPS = 2


def main():
    sizes = job()
    mode = sizes["mode"]
    limits = {}
    if mode == "mmap":
        limits = {"enable_mmap": True}
    elif mode == "offload":
        limits = {"offload_params_to_cpu": True, "max_vram": sizes["share"] * sizes["bytes"] / 2**30}
    elif mode == "fa":
        limits = {"diffusion_flash_attn": True}
    model = sd.StableDiffusion(
        diffusion_model_path=sizes["file"],
        llm_path=sizes["llm"],
        taesd_path=sizes["tae"],
        vae_decode_only=True,
        n_threads=sizes["threads"],
        verbose=False,
        **limits,
    )

    def step():
        marks = []
        model.generate_image(
            prompt="a red circle",
            width=16 * sizes["width"],
            height=16 * sizes["height"],
            cfg_scale=1.0,
            sample_method="euler",
            sample_steps=STEPS,
            seed=1,
            progress_callback=lambda *_: marks.append(now()),
        )
        # Called before the first step and after each; the decoder's calls, if any, come later.
        return {**cost(marks[1], marks[2]), "at": 1000 * marks[1][2]}

    info = sd.sd_get_system_info()
    info = info.decode() if isinstance(info, bytes) else str(info)
    used = [name for name in ("AVX2", "AVX512", "AVX512_BF16", "AMX_INT8") if f"{name} = 1" in info]
    about = {
        "name": f"stable-diffusion.cpp (stable-diffusion-cpp-python {version('stable-diffusion-cpp-python')})",
        "on": f"ggml for this processor: {', '.join(used) or info.strip()}",
    }
    serve(about, step)


main()
