import { expect, test } from "vitest";
import { weir } from "./harness.ts";

test("weir --help", async () => {
  const { code, out, err } = await weir(["--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatchInlineSnapshot(`
    "Usage: weir [options] [command]

    Runs ComfyUI's diffusion workflows with models larger than the GPU's memory.

    Options:
      -V, --version                       print the version
      -h, --help                          print this help

    Commands:
      run [options] <file...>             run workflows and write their pictures
      demo [options] [prompt...]          draw a picture with the bundled models
      serve [options]                     serve ComfyUI's API and page
      doctor [options]                    tell what is here, what would be used, what is missing
      inspect [options] <file>            tell what a file of weights holds and needs
      convert [options] <file>            write a workflow in API format
      plan [options] [file]               tell what a run would keep, move and take, without running it
      pull [options] <what...>            fetch models from the Hugging Face Hub into their folders
      quantize [options] <in> <out.gguf>  make a smaller GGUF file of a model
      help [command]                      print the help of a command

    Exit codes:
      0    done
      1    failed while running
      2    the command line is wrong
      3    the workflow is not valid
      4    it does not fit into the memory it may use
      5    a model or picture is missing
      130  stopped by Ctrl-C
    "
  `);
});

test("weir run --help", async () => {
  expect((await weir(["run", "--help"])).out).toMatchInlineSnapshot(`
    "Usage: weir run [options] <file...>

    Runs workflows and writes their pictures. A picture made by SaveImage carries its workflow: running
    it makes the same picture again. All files and repeats run in one engine, so models are loaded once.

    Arguments:
      file                               workflows (JSON, as ComfyUI's page saves or exports them), or
                                         pictures that carry theirs (PNG, WebP)

    Options:
      --set <node.input=value>           set an input before the run; node is its id, title or class
                                         (may be given more than once)
      --prompt <text>                    the positive prompt
      --repeat <n>                       run each workflow n times; the seed grows by one each time
      --seed <n>                         noise seed of every sampler node, 0 to 2^64 - 1
      --steps <n>                        steps of every scheduler and sampler node
      -o, --output <path>                where the picture goes: a file (more pictures become
                                         NAME-2.png, ...) or a folder
      --stats <format>                   one JSON object on stdout instead of paths: pictures, and each
                                         run's numbers
      --verbose                          print each move of a weight as it happens, with its reason
      --trace <file>                     write a time line (Chrome trace format): nodes, compute,
                                         uploads, reads, waits, drops
      --base-directory <dir>             folder with models/, input/ and output/ (default: the current
                                         folder)
      --output-directory <dir>           where SaveImage writes (default: output/ in the base directory)
      --input-directory <dir>            where LoadImage reads (default: input/ in the base directory)
      --temp-directory <dir>             where PreviewImage writes (default: temp/ in the base
                                         directory)
      --models-directory <dir>           where models are (default: models/ in the base directory)
      --extra-model-paths-config <file>  more model folders, in the form of extra_model_paths.yaml (may
                                         be given more than once)
      --device <device>                  cpu, vulkan, cuda, metal, or a device's name (default: the best
                                         there is)
      --vram <size>                      ceiling on all device memory: 8GB, 7.5GiB, or a share of the
                                         device such as 60%
      --vram-weights <size>              ceiling on weights alone: 400MB, or a share of the model's
                                         weights such as 30%
      --ram <size>                       host memory for weights that a GPU has no room for: 8GB, 50%,
                                         0, or auto (default: follows what is free)
      --reserve-vram <size>              leave so much of what is free to others; a bare number is GB
      --lowvram                          keep at most 30% of each model's weights
      --novram                           keep no weight longer than its stage
      --highvram                         leave nothing of a GPU's free memory to others (also
                                         --gpu-only)
      --cpu                              compute on the CPU: --device cpu
      --disable-dynamic-vram             place every weight before the first step, or refuse with the
                                         numbers
      --force-fp32                       compute in f32 whatever the file's encoding
      --fp8 <form>                       fp8 weights in VRAM: q8_0 (1.06 bytes each, nearly exact) or
                                         f16 (2, exact) (choices: "q8_0", "f16")
      --threads <n>                      CPU threads (default: one per core)
      --disable-metadata                 leave the workflow out of the pictures
      --custom-nodes <dir>               load node classes from the JavaScript and TypeScript files in a
                                         folder: they run with your rights (may be given more than once)
      --cache-ram [size]                 keep results of nodes as long as so much of the machine's
                                         memory is free; a bare number is GB (default: a quarter of it)
      --cache-classic                    keep those of the last workflow
      --cache-lru <n>                    keep n of them, the last used
      --cache-none                       keep none: every workflow runs whole
      -h, --help                         print this help

    Examples:
      weir run klein.json --prompt "a big yellow star in a night sky" --seed 7 -o star.png
      weir run klein.json --set 12.steps=4 --vram 8GB
      weir run output/ComfyUI_00001_.png          the same picture again
    "
  `);
});

test("weir demo --help", async () => {
  expect((await weir(["demo", "--help"])).out).toMatchInlineSnapshot(`
    "Usage: weir demo [options] [prompt...]

    Draws a picture with the small models that come with Weir and writes it as weir-demo.png into the
    current folder. The models know one coloured shape on a background, such as: a big yellow star in a
    night sky

    Arguments:
      prompt                  what to draw (default: a red circle on a blue background)

    Options:
      --seed <n>              noise seed of every sampler node, 0 to 2^64 - 1
      --steps <n>             steps of every scheduler and sampler node
      -o, --output <path>     where the picture goes: a file (more pictures become NAME-2.png, ...) or a
                              folder
      --stats <format>        one JSON object on stdout instead of paths: pictures, and each run's
                              numbers
      --verbose               print each move of a weight as it happens, with its reason
      --trace <file>          write a time line (Chrome trace format): nodes, compute, uploads, reads,
                              waits, drops
      --device <device>       cpu, vulkan, cuda, metal, or a device's name (default: the best there is)
      --vram <size>           ceiling on all device memory: 8GB, 7.5GiB, or a share of the device such
                              as 60%
      --vram-weights <size>   ceiling on weights alone: 400MB, or a share of the model's weights such as
                              30%
      --ram <size>            host memory for weights that a GPU has no room for: 8GB, 50%, 0, or auto
                              (default: follows what is free)
      --reserve-vram <size>   leave so much of what is free to others; a bare number is GB
      --lowvram               keep at most 30% of each model's weights
      --novram                keep no weight longer than its stage
      --highvram              leave nothing of a GPU's free memory to others (also --gpu-only)
      --cpu                   compute on the CPU: --device cpu
      --disable-dynamic-vram  place every weight before the first step, or refuse with the numbers
      --force-fp32            compute in f32 whatever the file's encoding
      --fp8 <form>            fp8 weights in VRAM: q8_0 (1.06 bytes each, nearly exact) or f16 (2,
                              exact) (choices: "q8_0", "f16")
      --threads <n>           CPU threads (default: one per core)
      --disable-metadata      leave the workflow out of the pictures
      --custom-nodes <dir>    load node classes from the JavaScript and TypeScript files in a folder:
                              they run with your rights (may be given more than once)
      --cache-ram [size]      keep results of nodes as long as so much of the machine's memory is free;
                              a bare number is GB (default: a quarter of it)
      --cache-classic         keep those of the last workflow
      --cache-lru <n>         keep n of them, the last used
      --cache-none            keep none: every workflow runs whole
      -h, --help              print this help
    "
  `);
});

test("weir alone prints the help and is a usage error", async () => {
  const { code, out, err } = await weir([]);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toContain("Usage: weir");
});

test("weir --version", async () => {
  expect((await weir(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
