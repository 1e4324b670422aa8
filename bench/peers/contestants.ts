import type { PeerName } from "./install.ts";

/** One way to run the transformer: whose, and in which mode of its script. */
export interface Contestant {
  readonly title: string;
  /** Ours, or what is to be installed. */
  readonly peer: PeerName | "ours";
  readonly script: string;
  readonly mode: string;
  /** It takes part in the rounds of that kind: with room for everything, or with less. */
  readonly race?: "resident" | "limited";
}

/** All of them, in the order of the table; ours first, since outputs are compared with it. */
export const contestants: readonly Contestant[] = [
  { title: "Weir", peer: "ours", script: "ours.ts", mode: "resident", race: "resident" },
  { title: "Weir --vram-weights 25%", peer: "ours", script: "ours.ts", mode: "limit", race: "limited" },
  { title: "diffusers", peer: "diffusers", script: "with_diffusers.py", mode: "resident", race: "resident" },
  {
    title: "diffusers, group offload to disk",
    peer: "diffusers",
    script: "with_diffusers.py",
    mode: "offload",
    race: "limited",
  },
  { title: "ComfyUI --cpu", peer: "comfyui", script: "with_comfyui.py", mode: "resident" },
  {
    title: "ComfyUI --cpu --bf16-unet",
    peer: "comfyui",
    script: "with_comfyui.py",
    mode: "bf16",
    race: "resident",
  },
  {
    title: "stable-diffusion.cpp",
    peer: "sdcpp",
    script: "with_sdcpp.py",
    mode: "resident",
    race: "resident",
  },
  { title: "stable-diffusion.cpp --diffusion-fa", peer: "sdcpp", script: "with_sdcpp.py", mode: "fa" },
  { title: "stable-diffusion.cpp --mmap", peer: "sdcpp", script: "with_sdcpp.py", mode: "mmap" },
  {
    title: "stable-diffusion.cpp --offload-to-cpu --max-vram 25%",
    peer: "sdcpp",
    script: "with_sdcpp.py",
    mode: "offload",
    race: "limited",
  },
  { title: "mmgp", peer: "mmgp", script: "with_mmgp.py", mode: "offload" },
];
