import { fileURLToPath } from "node:url";

/** Beside dist/ and src/ alike. */
const folder = fileURLToPath(new URL("../../demo/", import.meta.url));

/** The bundled models and their workflow: they know one coloured shape on a background. `baseDirectory` is not a place to write into. */
export const demo = { baseDirectory: folder, workflow: `${folder}klein.json` } as const;
