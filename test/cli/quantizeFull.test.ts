import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runEncoder } from "../../src/cli/quantize/runEncoder.ts";
import { openWeights } from "../../src/formats/openWeights.ts";
import { root } from "./built.ts";
import { weir } from "./harness.ts";

const dit = join(root, "demo/models/diffusion_models/weir-demo-dit.safetensors");
const folder = mkdtempSync(join(tmpdir(), "weir-full-"));
/** A disk of its own with room for 2 MiB, where the system lets tests have one. */
const disk = join(folder, "disk");
const mounted = (() => {
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(folder, { recursive: true });
});

test.skipIf(!mounted)(
  "a disk that fills up in the middle: no half file is left, and the numbers are told",
  async () => {
    let asked = 0;
    const room = async () => {
      const { bavail, bsize } = statfsSync(disk);
      // before the first byte there is room enough; then somebody else takes it
      return { free: asked++ === 0 ? 1e12 : bavail * bsize, disk: 1 };
    };
    const { code, out, err } = await weir(["quantize", dit, join(disk, "o.gguf"), "--type", "q8_0", "--threads", "2"], {
      pull: { room },
    });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.replaceAll(disk, "DISK")).toMatch(
      /^weir: DISK\/o\.gguf takes 8\.\d\d MB: the disk of DISK was full after \d(\.\d+)? [kM]?B of it, and has 2\.\d\d MB free without it: make room, choose another disk or a smaller --type\. Nothing is left there\n$/,
    );
    expect(readdirSync(disk)).toEqual([]);
    // and what is smaller still goes there
    const small = join(root, "demo/models/text_encoders/weir-demo-te.safetensors");
    expect((await weir(["quantize", small, join(disk, "te.gguf"), "--type", "q8_0"])).code).toBe(0);
  },
);

test.skipIf(!existsSync("/dev/full"))("the process that encodes says that there is no room", async () => {
  const source = await openWeights(dit);
  const tensor = source.tensors.get("img_in.weight")!;
  const [rows, columns] = tensor.shape as [number, number];
  const job = {
    path: dit,
    identity: source.identity,
    part: "/dev/full",
    threads: 2,
    tensors: [
      {
        name: tensor.name,
        from: tensor.encoding,
        to: "F16" as const,
        copy: false,
        values: rows * columns,
        columns,
        offset: 64,
      },
    ],
  };
  await source.close();
  await expect(runEncoder(job, { signal: new AbortController().signal, onPiece: () => {} })).rejects.toMatchObject({
    code: "no-disk-space",
  });
});
