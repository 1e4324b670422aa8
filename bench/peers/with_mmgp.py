"""mmgp on diffusers' Flux 2 transformer. mmgp moves weights between RAM and an NVIDIA GPU: without one it refuses, and what it says is all there is.

With a GPU it would work, and this script says so instead of comparing a GPU with a CPU.
"""

import sys

import torch
from importlib.metadata import version
import diffusers
from diffusers import Flux2Transformer2DModel
from mmgp import offload

from protocol import job

job()  # its sizes do not matter: a small model shows as well
diffusers.logging.set_verbosity_error()
model = Flux2Transformer2DModel(
    num_layers=1,
    num_single_layers=1,
    attention_head_dim=128,
    num_attention_heads=2,
    joint_attention_dim=384,
    guidance_embeds=False,
)
try:
    offload.all({"transformer": model.to(torch.bfloat16)}, pinnedMemory=False, budgets=1)
except Exception as error:
    sys.exit(f"mmgp {version('mmgp')}: {type(error).__name__}: {error}")
sys.exit(f"mmgp {version('mmgp')} works here: this benchmark compares CPUs and does not run it")
