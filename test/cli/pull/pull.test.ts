import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatBytes } from "../../../src/runtime/formatBytes.ts";
import { type PullOptions, runPull } from "./runPull.ts";
import { type StandInFile, StandInHub, sha256 } from "./standInHub.ts";

const REPO = "Comfy-Org/flux2-dev";
const VAE: StandInFile = { path: "split_files/vae/flux2-vae.safetensors", content: randomBytes(300_000) };
const ENCODER: StandInFile = { path: "split_files/text_encoders/mistral.safetensors", content: randomBytes(50_000) };
const README: StandInFile = { path: "README.md", content: Buffer.from("# Flux 2\n"), small: true };
const FILE = `${REPO}/${VAE.path}`;

let hub: StandInHub;
let cwd: string;
beforeEach(async () => {
  hub = await StandInHub.start();
  hub.repos.set(REPO, [README, VAE, ENCODER]);
  cwd = mkdtempSync(join(tmpdir(), "weir-pull-"));
});
afterEach(async () => {
  await hub.stop();
  rmSync(cwd, { recursive: true });
});

const pull = (argv: readonly string[], more: Partial<PullOptions> = {}) =>
  runPull(argv, { cwd, ...more, env: { HF_ENDPOINT: hub.endpoint, ...more.env } });
/** All files below the folder, sorted. */
const files = (): string[] =>
  readdirSync(cwd, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1))
    .sort();
const saved = (path: string): Buffer => readFileSync(join(cwd, path));
const part = (file: StandInFile, folder: string) =>
  join(cwd, folder, `${file.path.split("/").at(-1)}.${sha256(file.content).slice(0, 16)}.part`);

describe("a file", () => {
  test("goes into the folder that its path names; stdout has its path", async () => {
    const { code, out, err } = await pull([FILE]);
    expect({ code, out }).toEqual({ code: 0, out: "models/vae/flux2-vae.safetensors\n" });
    expect(saved("models/vae/flux2-vae.safetensors").equals(VAE.content)).toBe(true);
    expect(files()).toEqual(["models/vae/flux2-vae.safetensors"]);
    expect(err).toContain("300 KB  Comfy-Org/flux2-dev/split_files/vae/flux2-vae.safetensors -> models/vae/");
    expect(err).toContain("sha256 checked");
    expect(err).not.toContain("warning");
    // What `main` is now is asked once; all else is of that commit.
    const [first, ...others] = hub.at("hub").map(({ url }) => url);
    expect(first).toMatch(/\/revision\/main$/);
    expect(others).toHaveLength(2);
    expect(others.every((url) => url.includes("0123456789abcdef0123456789abcdef01234567"))).toBe(true);
  });

  test("that is here already is checked, not fetched", async () => {
    await pull([FILE]);
    const before = hub.at("cdn").length;
    const { code, out, err } = await pull([FILE]);
    expect({ code, out }).toEqual({ code: 0, out: "models/vae/flux2-vae.safetensors\n" });
    expect(err).toContain("is here already, sha256 checked");
    expect(hub.at("cdn").length).toBe(before);
  });

  test("is found below the old name of its folder, and in subfolders", async () => {
    mkdirSync(join(cwd, "models/clip/mine"), { recursive: true });
    writeFileSync(join(cwd, "models/clip/mine/mistral.safetensors"), ENCODER.content);
    const { out } = await pull([`${REPO}/${ENCODER.path}`]);
    expect(out).toBe("models/clip/mine/mistral.safetensors\n");
    expect(hub.at("cdn")).toEqual([]);
  });

  test("--to, --models-directory and --base-directory say where", async () => {
    expect((await pull([FILE, "--to", "elsewhere"])).out).toBe("elsewhere/flux2-vae.safetensors\n");
    expect((await pull([FILE, "--models-directory", "shared"])).out).toBe("shared/vae/flux2-vae.safetensors\n");
    expect((await pull([FILE, "--base-directory", "base"])).out).toBe("base/models/vae/flux2-vae.safetensors\n");
  });

  test("by its address, as a browser has it; a branch with a slash is one part", async () => {
    const { code } = await pull([`${hub.endpoint}/${REPO}/blob/main/${VAE.path}?download=true`]);
    expect(code).toBe(0);
    const other = await pull([`https://huggingface.co/${REPO}/resolve/refs%2Fpr%2F1/${VAE.path}`]);
    expect(other.err).toContain('has no revision "refs/pr/1"');
    const foreign = await pull([`https://example.com/${REPO}/resolve/main/${VAE.path}`]);
    expect(foreign.code).toBe(2);
  });

  test("small ones are checked by git's digest, and need --to", async () => {
    expect((await pull([`${REPO}/README.md`])).err).toContain("say where with --to FOLDER");
    const { code, err } = await pull([`${REPO}/README.md`, "--to", "."]);
    expect(code).toBe(0);
    expect(err).toContain("git-sha1 checked");
    expect(saved("README.md").toString()).toBe("# Flux 2\n");
  });

  test("that is empty", async () => {
    hub.repos.set(REPO, [{ path: "vae/empty.safetensors", content: Buffer.alloc(0) }]);
    expect(await pull([REPO])).toMatchObject({ code: 0, out: "models/vae/empty.safetensors\n" });
  });

  test("a folder that is a link is the user's own, and used", async () => {
    mkdirSync(join(cwd, "models"));
    mkdirSync(join(cwd, "disk"));
    symlinkSync(join(cwd, "disk"), join(cwd, "models/vae"));
    await pull([FILE]);
    expect(files()).toEqual(["disk/flux2-vae.safetensors"]);
  });

  test("with another of its name in the way: nothing is overwritten", async () => {
    mkdirSync(join(cwd, "models/vae"), { recursive: true });
    for (const content of [Buffer.from("mine"), randomBytes(VAE.content.length)]) {
      writeFileSync(join(cwd, "models/vae/flux2-vae.safetensors"), content);
      const { code, out, err } = await pull([FILE]);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain("is another file than Comfy-Org/flux2-dev/split_files/vae");
      expect(saved("models/vae/flux2-vae.safetensors").equals(content)).toBe(true);
    }
    expect(hub.at("cdn")).toEqual([]);
  });
});

describe("choosing", () => {
  test("a repo of one model is that model", async () => {
    hub.repos.set("a/b", [README, { path: "loras/x.safetensors", content: randomBytes(10) }]);
    expect((await pull(["a/b"])).out).toBe("models/loras/x.safetensors\n");
  });

  test("a repo of several is listed, and nothing is fetched", async () => {
    const { code, err } = await pull([REPO]);
    expect(code).toBe(2);
    expect(err).toMatchInlineSnapshot(`
      "weir: Comfy-Org/flux2-dev has 2 files of weights (350 KB); name one or more: weir pull Comfy-Org/flux2-dev/FILE, or --include GLOB ('*' is all). It has:
         300 KB  split_files/vae/flux2-vae.safetensors
        50.0 KB  split_files/text_encoders/mistral.safetensors
      "
    `);
    expect(hub.at("cdn")).toEqual([]);
  });

  test("--include takes patterns, and leaves out what is no weights", async () => {
    const { code, out, err } = await pull([REPO, "--include", "*"]);
    expect(code).toBe(0);
    expect(out).toBe("models/vae/flux2-vae.safetensors\nmodels/text_encoders/mistral.safetensors\n");
    expect(err).toContain("left out: README.md");
    const none = await pull([REPO, "--include", "*.gguf"]);
    expect(none.code).toBe(5);
    expect(none.err).toContain("no file of Comfy-Org/flux2-dev matches *.gguf; it has:");
  });

  test("a folder of the repo is all weights in it", async () => {
    expect((await pull([`${REPO}/split_files`])).out.split("\n")).toHaveLength(3);
  });

  test("a file that is not there: those of like name, or all", async () => {
    const { code, err } = await pull([`${REPO}/flux2-vae.safetensors`]);
    expect(code).toBe(5);
    expect(err).toContain("has no flux2-vae.safetensors; it has:");
    expect(err).toContain("300 KB  split_files/vae/flux2-vae.safetensors");
    expect(err).not.toContain("mistral");
  });

  test("--list prints sizes and paths on stdout, over several pages", async () => {
    hub.pageSize = 1;
    // A mirror repeats what the Hub says; it is the mirror that is asked.
    hub.linkOrigin = "https://huggingface.co";
    const { code, out } = await pull([REPO, "--list"]);
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "    9 B  README.md
       300 KB  split_files/vae/flux2-vae.safetensors
      50.0 KB  split_files/text_encoders/mistral.safetensors
      "
    `);
    expect(hub.at("hub").filter(({ url }) => url.includes("/tree/"))).toHaveLength(3);
    const json = JSON.parse((await pull([REPO, "--list", "--json"])).out) as { files: { file: string }[] };
    expect(json.files.map(({ file }) => file)).toEqual([README.path, VAE.path, ENCODER.path]);
  });

  test("--dry-run says what and where on stdout, and writes nothing", async () => {
    const { code, out } = await pull([REPO, "--include", "*.safetensors", "--dry-run"]);
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      " 300 KB  Comfy-Org/flux2-dev/split_files/vae/flux2-vae.safetensors -> models/vae/flux2-vae.safetensors
      50.0 KB  Comfy-Org/flux2-dev/split_files/text_encoders/mistral.safetensors -> models/text_encoders/mistral.safetensors
      "
    `);
    expect(files()).toEqual([]);
    expect(hub.at("cdn")).toEqual([]);
  });

  test("--json is one object", async () => {
    const { out } = await pull([FILE, "--json"]);
    expect(JSON.parse(out)).toEqual({
      files: [
        {
          repo: REPO,
          revision: "main",
          commit: "0123456789abcdef0123456789abcdef01234567",
          file: VAE.path,
          bytes: 300_000,
          sha256: sha256(VAE.content),
          path: "models/vae/flux2-vae.safetensors",
          state: "fetched",
        },
      ],
    });
  });

  test("two files of one name in one folder", async () => {
    hub.repos.set("a/b", [
      { path: "one/vae/x.safetensors", content: randomBytes(10) },
      { path: "two/vae/x.safetensors", content: randomBytes(11) },
    ]);
    const { code, err } = await pull(["a/b", "--include", "*"]);
    expect(code).toBe(2);
    expect(err).toContain("would both be x.safetensors in one folder");
  });

  test("words and flags that mean nothing", async () => {
    for (const argv of [
      ["klein"],
      ["a/"],
      ["a/../b"],
      ["a/b/../c"],
      ["-a/b"],
      ["https://"],
      [`${hub.endpoint}/datasets/a/b`],
      ["klein-4b", "--revision", "v1"],
      [REPO, "--list", "--dry-run"],
    ]) {
      const { code } = await pull(argv);
      expect([argv, code]).toEqual([argv, 2]);
    }
    expect(hub.seen).toEqual([]);
    expect((await pull([REPO], { env: { HF_HUB_OFFLINE: "1" } })).err).toContain("HF_HUB_OFFLINE is set");
    expect((await pull([REPO], { env: { HF_ENDPOINT: "ftp://x" } })).code).toBe(2);
  });
});

describe("short names", () => {
  const sets = (): void => {
    hub.repos.set("Comfy-Org/flux2-klein", [
      { path: "split_files/diffusion_models/flux-2-klein-4b.safetensors", content: randomBytes(1000) },
      { path: "split_files/diffusion_models/flux-2-klein-base-4b.safetensors", content: randomBytes(1000) },
      { path: "split_files/text_encoders/qwen_3_4b.safetensors", content: randomBytes(1000) },
    ]);
    hub.repos.set("unsloth/FLUX.2-klein-4B-GGUF", [
      { path: "flux-2-klein-4b-Q4_K_M.gguf", content: randomBytes(1000) },
      { path: "flux-2-klein-4b-Q8_0.gguf", content: randomBytes(1000) },
    ]);
  };

  test("klein-4b says what it fetches and does it", async () => {
    sets();
    const { code, out, err } = await pull(["klein-4b"]);
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "models/diffusion_models/flux-2-klein-4b.safetensors
      models/text_encoders/qwen_3_4b.safetensors
      models/vae/flux2-vae.safetensors
      "
    `);
    expect(err.split("\n").slice(0, 5).join("\n")).toMatchInlineSnapshot(`
      "klein-4b: Flux 2 klein 4B, bf16
      3 files, 302 KB:
        1.00 KB  Comfy-Org/flux2-klein/split_files/diffusion_models/flux-2-klein-4b.safetensors -> models/diffusion_models/flux-2-klein-4b.safetensors
        1.00 KB  Comfy-Org/flux2-klein/split_files/text_encoders/qwen_3_4b.safetensors -> models/text_encoders/qwen_3_4b.safetensors
         300 KB  Comfy-Org/flux2-dev/split_files/vae/flux2-vae.safetensors -> models/vae/flux2-vae.safetensors"
    `);
  });

  test("a file at a repo's root goes where the set says; what is there is not fetched again", async () => {
    sets();
    await pull(["klein-4b"]);
    const before = hub.at("cdn").length;
    const { out } = await pull(["klein-4b-gguf"]);
    expect(out).toContain("models/diffusion_models/flux-2-klein-4b-Q4_K_M.gguf\n");
    expect(hub.at("cdn").length).toBe(before + 1);
  });

  test("--include takes some of a set", async () => {
    sets();
    expect((await pull(["klein-4b", "--include", "*vae*"])).out).toBe("models/vae/flux2-vae.safetensors\n");
  });
});

describe("cut and resumed", () => {
  test("at every kind of point, within one run: the file comes whole", async () => {
    const points = [0, 1, 7, 16_383, 16_384, 65_535, 65_536, 65_537, 150_000, 299_999];
    for (const [reset, point] of points.flatMap((at) => [[false, at] as const, [true, at] as const])) {
      rmSync(join(cwd, "models"), { recursive: true, force: true });
      hub.faults.push({ cutAfter: point, reset });
      const { code, err, waits } = await pull([FILE]);
      expect([point, code]).toEqual([point, 0]);
      expect(saved("models/vae/flux2-vae.safetensors").equals(VAE.content)).toBe(true);
      expect(err).toMatch(/cut the connection|cut after/);
      expect(waits).toEqual([1000]);
    }
  });

  test("the next reply is asked for what is lacking", async () => {
    hub.faults.push({ cutAfter: 100_000 }, { cutAfter: 100_000 });
    await pull([FILE]);
    // What a cut connection had delivered and node had not handed on yet is asked for again.
    const [first, second, third] = hub
      .at("cdn")
      .map(({ headers }) => Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0));
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThanOrEqual(100_000);
    expect(third).toBeGreaterThan(second!);
    expect(hub.at("cdn")).toHaveLength(3);
  });

  test("a body without a length that ends early is cut too", async () => {
    hub.faults.push({ cutAfter: 5000, chunked: true });
    expect((await pull([FILE])).code).toBe(0);
    expect(saved("models/vae/flux2-vae.safetensors").equals(VAE.content)).toBe(true);
  });

  test("six tries in a row that bring nothing end it; what came is kept, and the same command goes on", async () => {
    hub.faults.push({ cutAfter: 120_000 }, ...Array.from({ length: 6 }, () => ({ cutAfter: 0 })));
    const { code, err, waits } = await pull([FILE]);
    expect(code).toBe(1);
    expect(err).toContain("6 tries in a row failed. What was fetched is kept");
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(files()).toEqual([part(VAE, "models/vae").slice(cwd.length + 1)]);
    const kept = readFileSync(part(VAE, "models/vae")).length;
    expect(kept).toBeGreaterThan(0);
    hub.faults.length = 0;
    const again = await pull([FILE]);
    expect(again.code).toBe(0);
    expect(again.err).toContain(`(${formatBytes(kept)} are here)`);
    expect(hub.at("cdn").at(-1)!.headers.range).toBe(`bytes=${kept}-`);
    expect(files()).toEqual(["models/vae/flux2-vae.safetensors"]);
    expect(saved("models/vae/flux2-vae.safetensors").equals(VAE.content)).toBe(true);
  });

  test("a connection that is cut often and brings something each time goes on", async () => {
    const large: StandInFile = { path: "vae/large.safetensors", content: randomBytes(12 * 2 ** 20) };
    hub.repos.set("a/b", [large]);
    hub.faults.push(...Array.from({ length: 9 }, () => ({ cutAfter: 1.2 * 2 ** 20 })));
    const { code, waits } = await pull(["a/b"]);
    expect(code).toBe(0);
    expect(waits).toEqual(Array(9).fill(1000));
    expect(saved("models/vae/large.safetensors").equals(large.content)).toBe(true);
  });

  test("a connection that says nothing any more counts as cut", async () => {
    hub.faults.push({ stallAfter: 1000 });
    const { code, err } = await pull([FILE], { world: { stallMs: 200 } });
    expect(code).toBe(0);
    expect(err).toContain("cut the connection");
  });

  test("a part that is whole is checked and named; nothing is fetched", async () => {
    mkdirSync(join(cwd, "models/vae"), { recursive: true });
    writeFileSync(part(VAE, "models/vae"), VAE.content);
    expect((await pull([FILE])).code).toBe(0);
    expect(hub.at("cdn")).toEqual([]);
    expect(files()).toEqual(["models/vae/flux2-vae.safetensors"]);
  });

  test("a part with other bytes is thrown away and fetched anew", async () => {
    mkdirSync(join(cwd, "models/vae"), { recursive: true });
    for (const content of [randomBytes(1000), randomBytes(VAE.content.length), randomBytes(VAE.content.length + 1)]) {
      writeFileSync(part(VAE, "models/vae"), content);
      expect((await pull([FILE])).code).toBe(0);
      expect(saved("models/vae/flux2-vae.safetensors").equals(VAE.content)).toBe(true);
      rmSync(join(cwd, "models/vae/flux2-vae.safetensors"));
    }
  });

  test("a file that changed on the Hub is begun again, and the old part goes", async () => {
    hub.faults.push({ cutAfter: 100_000 }, ...Array.from({ length: 6 }, () => ({ status: 503 })));
    expect((await pull([FILE])).code).toBe(1);
    const next = { ...VAE, content: randomBytes(300_000) };
    hub.repos.set(REPO, [next]);
    expect((await pull([FILE])).code).toBe(0);
    expect(hub.at("cdn").at(-1)!.headers.range).toBeUndefined();
    expect(files()).toEqual(["models/vae/flux2-vae.safetensors"]);
    expect(saved("models/vae/flux2-vae.safetensors").equals(next.content)).toBe(true);
  });

  test("a file that changes between the list and the fetch is told, not mixed", async () => {
    hub.etag = `"${"a".repeat(64)}"`;
    const { code, err } = await pull([FILE]);
    expect(code).toBe(1);
    expect(err).toContain("was replaced on the server while it was fetched; run again");
    expect(files()).toEqual([]);
  });

  test("an ETag of another kind says nothing", async () => {
    hub.etag = 'W/"5f3-18b"';
    expect((await pull([FILE])).code).toBe(0);
  });

  test("a server that knows no ranges is begun again; 416 too", async () => {
    hub.faults.push({ cutAfter: 100_000 }, { ignoreRange: true });
    const { code, err } = await pull([FILE]);
    expect(code).toBe(0);
    expect(err).toContain("does not go on in the middle of a file");
    rmSync(join(cwd, "models"), { recursive: true });
    hub.faults.push({ cutAfter: 100_000 }, { status: 416 });
    const second = await pull([FILE]);
    expect(second.code).toBe(0);
    expect(second.err).toContain("is begun again");
    expect(saved("models/vae/flux2-vae.safetensors").equals(VAE.content)).toBe(true);
  });

  test("Ctrl-C keeps what came", async () => {
    hub.faults.push({ stallAfter: 100_000 });
    let press = () => {};
    const pulling = pull([FILE], { ready: (how) => (press = how) });
    while (hub.at("cdn").length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const partFile = part(VAE, "models/vae");
    while (!files().some((file) => partFile.endsWith(file)) || readFileSync(partFile).length < 100_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    press();
    const { code, err } = await pulling;
    expect(code).toBe(130);
    expect(err).toContain("what was fetched is kept");
    expect(files()).toEqual([partFile.slice(cwd.length + 1)]);
    expect((await pull([FILE])).code).toBe(0);
    expect(hub.at("cdn").at(-1)!.headers.range).toBe("bytes=100000-");
  });

  test("Ctrl-C while it waits ends the wait", async () => {
    hub.hubFaults.push({ status: 503 });
    let press = () => {};
    const waiting = pull([FILE], {
      ready: (how) => (press = how),
      world: {
        sleep: (_, signal) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
            press();
          }),
      },
    });
    expect((await waiting).code).toBe(130);
  });
});

describe("what is not true", () => {
  test("a wrong checksum: thrown away, told, and no file has the name", async () => {
    hub.faults.push({ body: randomBytes(300_000) });
    const { code, out, err } = await pull([FILE]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`all 300000 bytes came, and their sha256 is not ${sha256(VAE.content)}`);
    expect(files()).toEqual([]);
  });

  test("a wrong checksum of parts that were joined: once more from the start", async () => {
    hub.faults.push({ cutAfter: 100_000, body: randomBytes(300_000) });
    const { code, err } = await pull([FILE]);
    expect(code).toBe(0);
    expect(err).toContain("its parts do not make the file");
    expect(saved("models/vae/flux2-vae.safetensors").equals(VAE.content)).toBe(true);
  });

  test("more bytes than the file has are not written", async () => {
    hub.faults.push({ body: randomBytes(400_000), chunked: true });
    const more = await pull([FILE]);
    expect(more.code).toBe(1);
    expect(more.err).toContain("sends more than the 300000 bytes");
    hub.faults.push({ body: randomBytes(400_000) });
    expect((await pull([FILE])).err).toContain("sends 400000 bytes for");
    expect(files().filter((file) => !file.endsWith(".part"))).toEqual([]);
  });

  test("another range than was asked for is not joined", async () => {
    mkdirSync(join(cwd, "models/vae"), { recursive: true });
    writeFileSync(part(VAE, "models/vae"), VAE.content.subarray(0, 1000));
    hub.faults.push({ headers: { "content-range": "bytes 5-299999/300000" } });
    const { code, err } = await pull([FILE]);
    expect(code).toBe(1);
    expect(err).toContain('from byte 1000 of 300000 and sends "bytes 5-299999/300000"');
  });

  test.each([
    "../evil.safetensors",
    "vae/../../evil.safetensors",
    "/etc/evil.safetensors",
    "vae/a\\..\\..\\evil.safetensors",
    "vae/evil\u0000.safetensors",
    "vae/\u001b[2Jevil.safetensors",
    "vae/C:evil.safetensors",
    "vae/nul.safetensors",
    "vae//evil.safetensors",
    "vae/evil.safetensors.",
    `vae/${"x".repeat(300)}.safetensors`,
    "",
    7,
    null,
  ])("a path of %j is refused, and nothing is written", async (path) => {
    hub.repos.set("a/b", [{ ...VAE, listed: { path } }]);
    const { code, err } = await pull(["a/b", "--include", "*", "--to", "out"]);
    expect(code).toBe(1);
    expect(err).not.toContain("\u001b");
    expect(files()).toEqual([]);
  });

  test("a strange name does not keep others from being fetched, nor does it reach the terminal", async () => {
    hub.repos.set("a/b", [VAE, { path: "loras/a\\b: \u001b[2J.safetensors", content: randomBytes(10) }]);
    const list = await pull(["a/b", "--list"]);
    expect(list.code).toBe(0);
    expect(list.out).toContain("loras/a\\b:  [2J.safetensors");
    expect((await pull([`a/b/${VAE.path}`])).code).toBe(0);
    const all = await pull(["a/b", "--include", "*"]);
    expect(all.code).toBe(1);
    expect(all.err).toContain("which is no name for a file here; nothing was written");
    expect(all.err).not.toContain("\u001b");
  });

  test.each([-1, 1.5, 2 ** 60, "300000", null, Number.MAX_SAFE_INTEGER])("a size of %j is refused", async (size) => {
    const lfs = { oid: sha256(VAE.content), size };
    hub.repos.set("a/b", [{ ...VAE, listed: { lfs, size } }]);
    const { code, err } = await pull(["a/b"]);
    expect(code).toBe(1);
    expect(err).toContain("bytes");
    expect(files()).toEqual([]);
  });

  test("a file without a checksum is refused", async () => {
    hub.repos.set("a/b", [{ ...VAE, listed: { lfs: { size: 300_000 } } }]);
    expect((await pull(["a/b"])).err).toContain("gives no checksum for");
  });

  test.each([[{}], ["x"], [[null]], [3], [null]])("a list that is %j is refused", async (tree) => {
    hub.tree = tree;
    expect((await pull([REPO])).code).toBe(1);
  });

  test("an answer that is no JSON says so", async () => {
    hub.hubFaults.push({ status: 200 });
    const { code, err } = await pull([REPO]);
    expect(code).toBe(1);
    expect(err).toMatch(/does not say which commit|does not answer with JSON/);
  });

  test("redirects in a circle, to nowhere, and to other schemes", async () => {
    hub.redirect = () => `${hub.endpoint}/${FILE.replace("flux2-dev/", "flux2-dev/resolve/main/")}`;
    expect((await pull([FILE])).err).toContain("redirects more than 10 times");
    hub.redirect = () => "file:///etc/passwd";
    expect((await pull([FILE])).err).toContain("which is not followed");
    hub.redirect = () => "http://";
    expect((await pull([FILE])).err).toContain("redirects to nowhere");
    expect(files()).toEqual([]);
  });
});

describe("who may", () => {
  const token = { HF_TOKEN: "hf_secret" };

  test("the token goes to the Hub and not to where it redirects", async () => {
    await pull([FILE], { env: token });
    expect(hub.at("hub").every(({ headers }) => headers.authorization === "Bearer hf_secret")).toBe(true);
    expect(hub.at("cdn")).toHaveLength(1);
    expect(hub.at("cdn")[0]!.headers.authorization).toBeUndefined();
  });

  test("a repo that was renamed is followed, with the token", async () => {
    hub.renamed.set("Comfy-Org/old", REPO);
    expect((await pull([`Comfy-Org/old/${VAE.path}`], { env: token })).code).toBe(0);
    expect(hub.at("hub").every(({ headers }) => headers.authorization === "Bearer hf_secret")).toBe(true);
  });

  test("the token file of huggingface_hub, in its order", async () => {
    const put = (path: string, text: string) => {
      mkdirSync(join(cwd, path, ".."), { recursive: true });
      writeFileSync(join(cwd, path), text);
    };
    const sent = async (env: Record<string, string>) => {
      await pull([REPO, "--list"], { env });
      return hub.seen.at(-1)!.headers.authorization;
    };
    expect(await sent({})).toBeUndefined();
    put(".cache/huggingface/token", "hf_home\n");
    expect(await sent({})).toBe("Bearer hf_home");
    put("xdg/huggingface/token", "hf_xdg");
    expect(await sent({ XDG_CACHE_HOME: join(cwd, "xdg") })).toBe("Bearer hf_xdg");
    put("hf/token", "hf_hf_home");
    expect(await sent({ XDG_CACHE_HOME: join(cwd, "xdg"), HF_HOME: "~/hf" })).toBe("Bearer hf_hf_home");
    put("mine", " hf_path ");
    expect(await sent({ HF_HOME: "~/hf", HF_TOKEN_PATH: "$HOME/mine" })).toBe("Bearer hf_path");
    expect(await sent({ HUGGING_FACE_HUB_TOKEN: "hf_old", HF_TOKEN_PATH: "$HOME/mine" })).toBe("Bearer hf_old");
    expect(await sent({ ...token, HUGGING_FACE_HUB_TOKEN: "hf_old" })).toBe("Bearer hf_secret");
    expect(await sent({ ...token, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" })).toBeUndefined();
  });

  test("a token that would end the line is not sent, nor shown", async () => {
    const { code, err } = await pull([FILE], { env: { HF_TOKEN: "hf_x y" } });
    expect(code).toBe(2);
    expect(err).not.toContain("hf_x");
    expect(hub.seen).toEqual([]);
  });

  test("a gated repo: which page, how to set the token", async () => {
    hub.gated.set(REPO, "hf_good");
    const bare = await pull([FILE]);
    expect(bare.code).toBe(1);
    expect(bare.err.split("\n").at(-2)!.replaceAll(hub.endpoint, "HUB")).toMatchInlineSnapshot(
      `"weir: Comfy-Org/flux2-dev asks for its terms to be accepted: log in and accept them at HUB/Comfy-Org/flux2-dev, make a token at HUB/settings/tokens, and run again with HF_TOKEN=hf_..."`,
    );
    const other = await pull([FILE], { env: token });
    expect(other.code).toBe(1);
    expect(other.err).toContain("the account of HF_TOKEN has not");
    expect(other.err).not.toContain("hf_secret");
    expect((await pull([FILE], { env: { HF_TOKEN: "hf_good" } })).code).toBe(0);
  });

  test("a repo that is not there, or not for everyone", async () => {
    const bare = await pull(["nobody/nothing"]);
    expect(bare.code).toBe(5);
    expect(bare.err).toContain("has no repo nobody/nothing for everyone to see");
    expect((await pull(["nobody/nothing"], { env: token })).err).toContain("or the token of HF_TOKEN does not see it");
    expect((await pull([FILE, "--revision", "nope"])).err).toContain('has no revision "nope"');
    expect((await pull([FILE, "--revision", "v1"])).code).toBe(0);
  });

  test("an address that grew old: the Hub is asked for a new one", async () => {
    hub.faults.push({ status: 403 });
    const { code, err } = await pull([FILE]);
    expect(code).toBe(0);
    expect(err).not.toContain("secret-of-the-address");
    expect(hub.at("cdn")).toHaveLength(2);
  });
});

describe("a busy server", () => {
  test("429 and 5xx are tried again, as long as it asks for", async () => {
    hub.hubFaults.push({ status: 429, headers: { "retry-after": "7" } }, { status: 500 }, { status: 502 });
    hub.faults.push({ status: 503 }, { status: 429, headers: { "retry-after": "3" } });
    const { code, waits } = await pull([FILE]);
    expect(code).toBe(0);
    expect(waits).toEqual([7000, 2000, 4000, 1000, 3000]);
  });

  test("who asks for an hour is told about, not waited for", async () => {
    hub.hubFaults.push({ status: 429, headers: { "retry-after": "3600" } });
    const { code, err, waits } = await pull([FILE]);
    expect({ code, waits }).toEqual({ code: 1, waits: [] });
    expect(err).toContain("answers 429 and asks to wait 60 min");
  });

  test("no server at all", async () => {
    const gone = hub.endpoint;
    await hub.stop();
    const { code, err, waits } = await runPull([FILE], { cwd, env: { HF_ENDPOINT: gone } });
    expect(code).toBe(1);
    expect(waits).toHaveLength(5);
    // What is tried again and for how long is said with the first failure, not after the last.
    const [first, second] = err.split("\n");
    expect(first).toMatch(/cannot be reached: .*; again in 1\.00 s and up to 4 times after that, for 31 s in all$/);
    expect(second).toMatch(/cannot be reached: .*; again in 2\.00 s$/);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(31_000);
    expect(err).not.toContain("    at ");
    hub = await StandInHub.start();
  });
});

test("progress on a terminal: one line, drawn over, that never wraps", async () => {
  const large: StandInFile = {
    path: "vae/a-name-that-is-long-enough-to-be-cut.safetensors",
    content: randomBytes(3e6),
  };
  hub.repos.set("a/b", [large]);
  let clock = 0;
  const { err } = await pull(["a/b"], { terminal: true, now: () => (clock += 150) });
  const frames = err.split("\r").filter((frame) => frame.includes("%"));
  expect(frames.length).toBeGreaterThan(3);
  for (const frame of frames) expect(frame.replace("\u001b[K", "").split("\n")[0]!.length).toBeLessThan(80);
  expect(frames[0]).toMatch(/^vae|^a-name.*% {2}.* of 3\.00 MB {2}.*\/s/);
});
