import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { WeightSource } from "../../src/formats/weightSource.ts";

const root = fileURLToPath(new URL("../../../shared/", import.meta.url));

/** The reference data lies beside the checkout; a checkout alone has none and skips the tests that need it. */
export const sharedExists = existsSync(root);

export const sharedPath = (name: string): string => `${root}${name}`;

/** A safetensors file of the reference data, by its path without suffix. */
export const sharedSource = (name: string): Promise<WeightSource> => openSafetensors(sharedPath(`${name}.safetensors`));

export const sharedJson = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(sharedPath(`${name}.json`), "utf8"));
