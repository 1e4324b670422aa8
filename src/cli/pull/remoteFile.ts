/** What a file's content is known by. `sha256`: large files (LFS, Xet). `git-sha1`: small ones, the object id that git gives their content. */
export interface Digest {
  readonly kind: "sha256" | "git-sha1";
  /** Lower case. */
  readonly hex: string;
}

/** A file of a repo, as the Hub lists it; checked. */
export interface RemoteFile {
  readonly repo: string;
  /** What the user asked for: "main". */
  readonly revision: string;
  /** What that was when it was asked: a commit. */
  readonly commit: string;
  /** With "/", inside the repo. */
  readonly path: string;
  readonly bytes: number;
  readonly digest: Digest;
}
