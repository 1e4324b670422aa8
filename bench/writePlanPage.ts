import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { planMatrix } from "../src/cli/plan/matrix/planMatrix.ts";

/** `node --import jiti/register bench/writePlanPage.ts`: puts the tables of `weir plan --matrix` into docs/plan.md. */
const page = path.join(import.meta.dirname, "..", "docs", "plan.md");
const text = await readFile(page, "utf8");
const tables = await planMatrix();
await writeFile(
  page,
  text.replace(/<!-- matrix -->.*<!-- \/matrix -->/s, () => `<!-- matrix -->\n${tables}\n<!-- /matrix -->`),
);
