/** The folders a server answers from. Absolute; need not be there. */
export interface ServerFolders {
  readonly input: string;
  readonly output: string;
  readonly temp: string;
  /** Users' settings, workflows and the queue. */
  readonly user: string;
  readonly models: ModelFolders;
}

/** Folders of models by ComfyUI's names. */
export interface ModelFolders {
  readonly names: readonly string[];
  /** Where files of a folder lie, in the order in which they are looked for; null for a name that is not known. */
  roots(name: string): readonly string[] | null;
  /** A file of a folder, older names of folders too ("unet"); null where there is none. */
  resolve(name: string, file: string): string | null;
}

/** The three that hold pictures, by the names that requests use. */
export type PictureFolder = "input" | "output" | "temp";

export const isPictureFolder = (name: string): name is PictureFolder =>
  name === "input" || name === "output" || name === "temp";
