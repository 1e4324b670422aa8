import type { GgufSource } from "../../formats/gguf/gguf.ts";
import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";

/** A source that may have lists in its metadata, as a GGUF file has. */
export type ListedSource = WeightSource & Partial<Pick<GgufSource, "list">>;

/**
 * A file seen under other names. Entries keep the names they have in the file, for messages, and both names can be read. Lists of a GGUF's
 * metadata stay at hand. Closing it closes the file.
 */
export function renamed(source: WeightSource, nameOf: (name: string) => string): ListedSource {
  const tensors = new Map<string, TensorEntry>();
  const inFile = new Map<string, string>();
  for (const [name, entry] of source.tensors) {
    const published = nameOf(name);
    tensors.set(published, entry);
    inFile.set(published, name);
  }
  return {
    path: source.path,
    fileBytes: source.fileBytes,
    identity: source.identity,
    metadata: source.metadata,
    tensors,
    read: (name, offset, into) => source.read(inFile.get(name) ?? name, offset, into),
    close: () => source.close(),
    ...("list" in source && { list: (key: string) => (source as GgufSource).list(key) }),
  };
}
