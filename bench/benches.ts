import type { Bench } from "./bench.ts";

/** A benchmark before its code is loaded: each process loads one, and nothing that only another needs. */
export interface BenchEntry {
  readonly name: string;
  readonly about: string;
  readonly load: () => Promise<Bench>;
}

/** Every benchmark, in the order of the table. */
export const benches: readonly BenchEntry[] = [
  {
    name: "registering",
    about: "a sparse file of Flux 2 dev's shapes: opening it and making its weights known",
    load: async () => (await import("./cases/registering.ts")).registering,
  },
  {
    name: "acquire",
    about: "acquire() and release() of resident uses, 10,000 weights registered",
    load: async () => (await import("./cases/acquiring.ts")).acquiring,
  },
  {
    name: "bare",
    about: "a step over the same graphs in a bare ggml loop, all resident",
    load: async () => (await import("./cases/bareGgml.ts")).bareGgml,
  },
  {
    name: "static",
    about: "a step, dynamic over static residency, when everything fits",
    load: async () => (await import("./cases/dynamicOverStatic.ts")).dynamicOverStatic,
  },
  {
    name: "streaming",
    about: "a step with room for half and a quarter of the weights, over compute + moved bytes at the measured speed",
    load: async () => (await import("./cases/streaming.ts")).streaming,
  },
  {
    name: "pool",
    about: "all weights of a file into the pool, over plain reads of the same file",
    load: async () => (await import("./cases/filePool.ts")).filePool,
  },
  {
    name: "big",
    about: "3.3 GB under --vram-weights 400MB: memory over steps, bytes moved, the event loop's longest gap",
    load: async () => (await import("./cases/bigModel.ts")).bigModel,
  },
  {
    name: "startup",
    about: "the command: from its start to the first byte of output",
    load: async () => (await import("./cases/startup.ts")).startup,
  },
  {
    name: "server",
    about: "weir serve: start to the first accepted prompt, prompts a second, latencies with much queued, 200 sockets",
    load: async () => (await import("./cases/serving.ts")).serving,
  },
  {
    name: "lora",
    about: "LoRAs exchanged and turned up: bytes moved over the factors' bytes; a step under one over a step without",
    load: async () => (await import("./cases/loraSwitch.ts")).loraSwitch,
  },
  {
    name: "quant",
    about: "a step in each quantised format over bf16's; re-encoding on threads over one core",
    load: async () => (await import("./cases/quant.ts")).quant,
  },
  {
    name: "pictures",
    about: "the demo's images through the real nodes, dynamic over classic, at three budgets: seconds and bytes",
    load: async () => (await import("./cases/pictures.ts")).pictures,
  },
  {
    name: "simulated",
    about:
      "a klein-shaped file (0.9 GB, 2.6 GB with --full) at budgets: events as the planner says, a step over its formula",
    load: async () => (await import("./cases/simulated.ts")).simulated,
  },
  {
    name: "first",
    about:
      "the first pass of a klein-shaped file (0.9 GB, 2.6 GB with --full), the page cache cold: dynamic over classic",
    load: async () => (await import("./cases/firstPass.ts")).firstPass,
  },
  {
    name: "scenarios",
    about:
      "images with a klein-shaped transformer (0.9 GB, 2.6 GB with --full), the page cache cold: dynamic over classic",
    load: async () => (await import("./cases/scenarios.ts")).scenarios,
  },
  {
    name: "peers",
    about:
      "the same file in diffusers, ComfyUI and stable-diffusion.cpp on the CPU: memory, first step, our step over theirs",
    load: async () => (await import("./cases/peers.ts")).peers,
  },
];
