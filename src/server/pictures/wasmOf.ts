import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
/** Node has it; its types are those of browsers, which are not loaded here. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<object> } };

/** A codec's WebAssembly from its package: in Node nothing fetches it by itself. */
export async function wasmOf(file: string): Promise<never> {
  return (await WebAssembly.compile(await readFile(require.resolve(file)))) as never;
}
