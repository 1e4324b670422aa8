"""diffusers' Flux 2 transformer on PyTorch's CPU; the lines are protocol.py's.

Reads the same file as ours (`from_single_file`: checkpoint keys become diffusers' own), computes in bf16 as the file is.
Modes: "resident"; "offload": `apply_group_offloading`, block by block, to disk, since on a CPU there is no other memory to offload to.
"""

import json
import os

import torch
import diffusers
from diffusers import Flux2Transformer2DModel
from diffusers.hooks import apply_group_offloading

from protocol import job, serve, timed, torch_inputs

diffusers.logging.set_verbosity_error()


def load(sizes):
    config = {
        "_class_name": "Flux2Transformer2DModel",
        "in_channels": 128,
        "num_layers": sizes["double"],
        "num_single_layers": sizes["single"],
        "attention_head_dim": 128,
        "num_attention_heads": sizes["hidden"] // 128,
        "joint_attention_dim": sizes["context"],
        "guidance_embeds": False,
    }
    folder = os.path.join(sizes["folder"], "config")
    os.makedirs(folder)
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file)
    model = Flux2Transformer2DModel.from_single_file(
        sizes["file"], config=folder, torch_dtype=torch.bfloat16, local_files_only=True
    )
    return model.eval()


def ids(*counts):
    return torch.cartesian_prod(*(torch.arange(n) for n in counts)).float()


def main():
    sizes = job()
    torch.set_num_threads(sizes["threads"])
    model = load(sizes)
    if sizes["mode"] == "offload":
        groups = os.path.join(sizes["folder"], "groups")
        os.makedirs(groups)
        cpu = torch.device("cpu")
        apply_group_offloading(
            model,
            onload_device=cpu,
            offload_device=cpu,
            offload_type="block_level",
            num_blocks_per_group=1,
            offload_to_disk_path=groups,
        )
    x, context, sigma = torch_inputs(torch, sizes, torch.bfloat16)
    inputs = {
        "hidden_states": x.flatten(2).transpose(1, 2).contiguous(),
        "encoder_hidden_states": context,
        "timestep": torch.tensor([sigma], dtype=torch.bfloat16),
        "img_ids": ids(1, sizes["height"], sizes["width"], 1),
        "txt_ids": ids(1, 1, 1, sizes["textTokens"]),
        "return_dict": False,
    }
    last = {}

    def step():
        def run():
            with torch.inference_mode():
                (last["out"],) = model(**inputs)

        answer = timed(run)
        if not torch.isfinite(last["out"]).all():
            raise SystemExit("the output is not finite")
        return answer

    about = {"name": f"diffusers {diffusers.__version__}", "on": f"torch {torch.__version__}"}
    serve(about, step, lambda: last["out"].transpose(1, 2).float().flatten().tolist())


main()
