import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root, runBuilt } from "./built.ts";

const demo = join(root, "demo");
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-deaths-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

interface Node {
  readonly class_type: string;
  readonly inputs: Record<string, unknown>;
}

/** The demo's workflow with a second half, saved under another name, that begins from the first picture: it is saved before that half computes. */
function twoPictures(): void {
  const prompt = JSON.parse(readFileSync(join(demo, "klein.json"), "utf8")) as Record<string, Node>;
  const [sampler, decode, save] = ["10", "11", "12"].map((id) => prompt[id]!);
  Object.assign(prompt["9"]!.inputs, { width: 64, height: 64 });
  prompt["8"]!.inputs["steps"] = 1;
  // The saved picture itself is what the second half takes: so the first SaveImage runs before it.
  prompt["20"] = { class_type: "VAEEncode", inputs: { pixels: ["12", 0], vae: ["3", 0] } };
  prompt["21"] = { ...sampler!, inputs: { ...sampler!.inputs, latent_image: ["20", 0] } };
  prompt["22"] = { ...decode!, inputs: { ...decode!.inputs, samples: ["21", 0] } };
  prompt["23"] = { ...save!, inputs: { images: ["22", 0], filename_prefix: "second" } };
  writeFileSync(join(cwd, "two.json"), JSON.stringify(prompt));
}
const argv = ["run", "two.json", "--base-directory", demo, "--output-directory", "pictures", "--device", "cpu"];
const pictures = () => readdirSync(join(cwd, "pictures")).sort();

test("the engine dies after one picture was saved: the job's second run keeps it and saves the other one", async () => {
  twoPictures();
  // A picture of the same name from an earlier run is none of this job's: what is kept is its own.
  expect((await runBuilt(argv, cwd)).out).toBe("pictures/weir-demo_00001_.png\npictures/second_00001_.png\n");
  const bytes = readFileSync(join(cwd, "pictures/second_00001_.png"));
  // Text encoder 3 stages, the step 8, the decoder 20: the 50th is in the second half.
  const { code, out, err } = await runBuilt(argv, cwd, { WEIR_TEST_CRASH: "stage:50:kill" });
  expect(err).toMatch(/the engine died in \S+ of (vae|flux2)\S*, in node 2[012]/);
  expect({ code, out }).toEqual({ code: 0, out: "pictures/weir-demo_00002_.png\npictures/second_00002_.png\n" });
  expect(pictures()).toEqual([
    "second_00001_.png",
    "second_00002_.png",
    "weir-demo_00001_.png",
    "weir-demo_00002_.png",
  ]);
  expect(readFileSync(join(cwd, "pictures/second_00002_.png")).equals(bytes)).toBe(true);
  expect(statSync(join(cwd, "pictures/weir-demo_00002_.png")).nlink).toBe(1);
});

test("a half picture of a process that was killed while it wrote is gone after the next start", async () => {
  twoPictures();
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const half = join(cwd, "pictures", `.weir-${dead}-0123456789ab.tmp`);
  mkdirSync(join(cwd, "pictures"));
  writeFileSync(half, "half a picture");
  const before = new Date(Date.now() - 60_000);
  utimesSync(half, before, before);
  const { code } = await runBuilt(argv, cwd);
  expect(code).toBe(0);
  expect(pictures()).toEqual(["second_00001_.png", "weir-demo_00001_.png"]);
});
