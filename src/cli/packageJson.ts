import { readFileSync } from "node:fs";

/** What the package says of itself. */
export interface PackageJson {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** Of the package this file is in, built or not. */
export function packageJson(): PackageJson {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as PackageJson;
}
