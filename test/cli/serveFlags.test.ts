import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMFY_FLAGS } from "../../src/cli/serve/comfyFlags.ts";
import { weir } from "./harness.ts";

const cwd = mkdtempSync(join(tmpdir(), "weir-serve-flags-"));
/** All flags are read before a page that is not there ends it. */
const end = ["--front-end-root", "no-page"];

test.each(Object.entries(COMFY_FLAGS))("serve %s is taken and says why it changes nothing", async (flag, reason) => {
  const [name = "", value] = flag.split(" ");
  const { code, err } = await weir(["serve", name, ...(value === undefined ? [] : ["1"]), ...end], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining("--front-end-root no-page holds no index.html")]);
  expect(err).toContain(`weir: ${name} has no effect: ${reason}`);
});

test("a flag that nobody knows is an error that names it", async () => {
  const { code, err } = await weir(["serve", "--nonsense", ...end], { cwd });
  expect([code, err]).toEqual([2, expect.stringContaining("unknown option '--nonsense'")]);
});
