import { describe, expect, test } from "vitest";
import { folderByPath } from "../../../src/cli/pull/folderOf.ts";
import { matchesGlob } from "../../../src/cli/pull/matchesGlob.ts";
import { modelSets } from "../../../src/cli/pull/modelSets.ts";
import { parseTarget } from "../../../src/cli/pull/parseTarget.ts";
import { proxyFor } from "../../../src/cli/pull/proxyFor.ts";
import { retryAfterMs } from "../../../src/cli/pull/retry.ts";
import { shown } from "../../../src/cli/pull/shown.ts";

test.each([
  ["a/b.gguf", "*.gguf", true],
  ["a/b.gguf", "a/*", true],
  ["a/b.gguf", "b*", false],
  ["a/b.gguf", "a/", true],
  ["ab.gguf", "a/", false],
  ["flux-Q4_K_M.gguf", "*Q4_K_?.gguf", true],
  ["flux-Q4_K.gguf", "*Q4_K_?.gguf", false],
  ["x1", "x[0-3]", true],
  ["x4", "x[0-3]", false],
  ["x4", "x[!0-3]", true],
  ["x]", "x[]]", true],
  ["x[1]", "x[[]1]", true],
  ["x[", "x[", true],
  ["a.b", "a?b", true],
  ["axb", "a.b", false],
  ["", "*", true],
  ["", "?", false],
  ["aab", "*ab", true],
  ["abcbc", "a*bc", true],
  ["X", "x", false],
])("glob: %s against %s", (path, pattern, matches) => {
  expect(matchesGlob(path, pattern)).toBe(matches);
});

test("glob: a pattern made to take for ever does not", () => {
  expect(matchesGlob("a".repeat(1000), `${"*a".repeat(200)}b`)).toBe(false);
});

test.each([
  ["split_files/vae/x.safetensors", "vae"],
  ["unet/x.safetensors", "diffusion_models"],
  ["clip/x.safetensors", "text_encoders"],
  ["loras/vae/x.safetensors", "vae"],
  ["loras/styles/x.safetensors", "loras"],
  ["vae.safetensors", null],
  ["constructor/x.safetensors", null],
])("folder of %s: %s", (path, folder) => {
  expect(folderByPath(path)).toBe(folder);
});

describe("targets", () => {
  const hub = new URL("https://huggingface.co");
  test.each([
    ["a/b", { repo: "a/b" }],
    ["a/b/", { repo: "a/b" }],
    ["a/b/c/d.gguf", { repo: "a/b", path: "c/d.gguf" }],
    ["https://huggingface.co/a/b", { repo: "a/b" }],
    ["https://huggingface.co/a/b/tree/main/c", { repo: "a/b", path: "c", revision: "main" }],
    [
      "https://hf.co/a/b/resolve/refs%2Fpr%2F1/c%20d.gguf?download=true",
      { repo: "a/b", path: "c d.gguf", revision: "refs/pr/1" },
    ],
  ])("%s", (text, target) => {
    expect(parseTarget(text, hub)).toEqual({ kind: "repo", ...target });
  });

  test("another Hub's addresses have its path in front", () => {
    const mirror = new URL("https://mirror.example/hub");
    expect(parseTarget("https://mirror.example/hub/a/b/blob/main/c.gguf", mirror)).toEqual({
      kind: "repo",
      repo: "a/b",
      path: "c.gguf",
      revision: "main",
    });
  });

  test.each([
    "klein",
    "toString",
    "a//b",
    "a/..",
    "../a/b",
    "https://huggingface.co/a/b/blob/main/..%2F..%2Fx/%2E%2E%2Fy/..",
    "https://huggingface.co/a/b/blob/%zz/x",
  ])("%s is none", (text) => {
    expect(() => parseTarget(text, hub)).toThrow();
  });
});

describe("proxies", () => {
  const via = (url: string, env: Record<string, string>) => proxyFor(new URL(url), env)?.href ?? null;
  test("by scheme, in either case, the lower first", () => {
    const env = { HTTPS_PROXY: "http://secure:1", http_proxy: "http://plain:2" };
    expect(via("https://huggingface.co/x", env)).toBe("http://secure:1/");
    expect(via("http://huggingface.co/x", env)).toBe("http://plain:2/");
    expect(via("https://huggingface.co/x", { ...env, https_proxy: "lower:3" })).toBe("http://lower:3/");
    expect(via("https://huggingface.co/x", { ALL_PROXY: "http://all:4" })).toBe("http://all:4/");
    expect(via("https://huggingface.co/x", {})).toBe(null);
  });
  test.each([
    ["*", true],
    ["huggingface.co", true],
    [".huggingface.co", true],
    ["*.huggingface.co", true],
    ["other, huggingface.co:443", true],
    ["huggingface.co:80", false],
    ["face.co", false],
    ["", false],
  ])("NO_PROXY=%s", (list, excepted) => {
    expect(via("https://cdn.huggingface.co/x", { HTTPS_PROXY: "http://p:1", NO_PROXY: list }) === null).toBe(excepted);
  });
  test("one that is none is told, without what it says", () => {
    expect(() => via("https://x/", { HTTPS_PROXY: "socks5://user:secret@p:1" })).toThrow(/^HTTPS_PROXY names no proxy/);
  });
});

test("Retry-After: seconds, a date, nonsense", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  expect(retryAfterMs("7", now)).toBe(7000);
  expect(retryAfterMs("Thu, 01 Jan 2026 00:00:30 GMT", now)).toBe(30_000);
  expect(retryAfterMs("Wed, 31 Dec 2025 00:00:30 GMT", now)).toBe(0);
  expect(retryAfterMs("soon", now)).toBe(0);
  expect(retryAfterMs(undefined, now)).toBe(0);
});

test("a server's words are one line without escapes, and short", () => {
  expect(shown("\u001b[31mred\u001b[0m\r\nnext\u0000 \u202eback")).toBe("[31mred [0m next   back");
  expect(shown("x".repeat(1000))).toHaveLength(203);
});

test.each(Object.entries(modelSets))("%s names files that have a place", (_, { files }) => {
  expect(files.map(({ folder }) => folder)).toEqual(["diffusion_models", "text_encoders", "vae"]);
  for (const { repo, path, folder, bytes } of files) {
    expect(parseTarget(`${repo}/${path}`, new URL("https://huggingface.co"))).toEqual({ kind: "repo", repo, path });
    expect([null, folder]).toContain(folderByPath(path));
    expect(bytes).toBeGreaterThan(1e8);
  }
});
