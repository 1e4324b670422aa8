"""diffusers' Flux 2 transformer, one step per line read on stdin ("resident" or "offload"): answers with milliseconds.

argv[1]: sizes as JSON: hidden, double, single, context, height, width, textTokens, threads. argv[2]: an empty folder for offloaded groups.
Weights are random, in bf16. "offload": group offload, block by block, to that folder, since on a CPU there is no other memory to
offload to. The API is diffusers' own: Flux2Transformer2DModel and apply_group_offloading.
"""

import json
import sys
import time

import torch
import diffusers
from diffusers import Flux2Transformer2DModel
from diffusers.hooks import apply_group_offloading


diffusers.logging.set_verbosity_error()


def make(sizes):
    torch.manual_seed(1)
    model = Flux2Transformer2DModel(
        num_layers=sizes["double"],
        num_single_layers=sizes["single"],
        attention_head_dim=128,
        num_attention_heads=sizes["hidden"] // 128,
        joint_attention_dim=sizes["context"],
        guidance_embeds=False,
    )
    return model.to(torch.bfloat16).eval()


def ids(tokens):
    return torch.cartesian_prod(*(torch.arange(n) for n in tokens)).float()


def main():
    sizes = json.loads(sys.argv[1])
    torch.set_num_threads(sizes["threads"])
    resident = make(sizes)
    offload = make(sizes)
    apply_group_offloading(
        offload,
        onload_device=torch.device("cpu"),
        offload_device=torch.device("cpu"),
        offload_type="block_level",
        num_blocks_per_group=1,
        offload_to_disk_path=sys.argv[2],
    )
    picture = sizes["height"] * sizes["width"]
    inputs = {
        "hidden_states": torch.randn(1, picture, 128, dtype=torch.bfloat16),
        "encoder_hidden_states": torch.randn(1, sizes["textTokens"], sizes["context"], dtype=torch.bfloat16),
        "timestep": torch.tensor([0.7], dtype=torch.bfloat16),
        "img_ids": ids([1, sizes["height"], sizes["width"], 1]),
        "txt_ids": ids([1, 1, 1, sizes["textTokens"]]),
        "return_dict": False,
    }
    models = {"resident": resident, "offload": offload}
    weights = sum(p.numel() for p in resident.parameters())
    print(json.dumps({"torch": torch.__version__, "parameters": weights}), flush=True)
    for line in sys.stdin:
        model = models[line.strip()]
        start = time.perf_counter()
        with torch.inference_mode():
            (out,) = model(**inputs)
        ms = 1000 * (time.perf_counter() - start)
        if not torch.isfinite(out).all():
            raise SystemExit("the output is not finite")
        print(json.dumps({"ms": ms}), flush=True)


main()
