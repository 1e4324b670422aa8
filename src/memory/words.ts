/** The words of the residency core (DESIGN.md, "Words"), as types. Ids and bytes only: no tensors, no files, no clock. */

/** A count of bytes. Numbers are exact to 2^53, far above any memory. */
export type Bytes = number;
/** Names a device: "cpu", "Vulkan0", ... Every place, lease and event carries one. */
export type DeviceId = string;
/** Names a model as registered: a file, or a file with flags that change its resident form. */
export type ModelId = string;
/** A weight, by its index in the table of the residency that registered it. */
export type WeightId = number;

/** Where bytes can be. On a unified device (CPU, Apple, integrated) the pool of `vram` is the ram tier itself. */
export type Tier = "vram" | "ram" | "disk";

/** A named tensor of a model as it is when resident. `bytes` is the resident form's size, `fileBytes` what is read to make it. */
export interface WeightSpec {
  readonly name: string;
  readonly bytes: Bytes;
  readonly fileBytes: Bytes;
  /** The host makes its bytes out of the file's at each read: that takes time too. */
  readonly recoded?: true;
}

/** What one stage of a forward pass needs at once. It may name weights of several models. */
export interface Use {
  readonly stage: string;
  readonly weights: readonly WeightId[];
  readonly activationBytes: Bytes;
  readonly flops: number;
}

/** Uses in the order in which they will happen. `unknown`: repeated until `Announcement.end`. */
export type Schedule =
  | { readonly kind: "use"; readonly use: Use }
  | { readonly kind: "sequence"; readonly items: readonly Schedule[] }
  | { readonly kind: "repeat"; readonly n: number | "unknown"; readonly body: Schedule };

/** Signals that the device has finished everything submitted before it. Resolves; never rejects (a failed graph is the submitter's). */
export interface Fence {
  readonly done: boolean;
  readonly reached: Promise<void>;
}

/** Why a byte moved, or why a weight left. The set is closed: a new reason is a decision, and docs/memory.md lists them all. */
export type Reason =
  | "pin" /** planned to stay for the whole schedule */
  | "stream" /** planned for one use, through the window */
  | "ahead" /** of a model that runs later, into room that nothing else wanted */
  | "miss" /** asked for before the plan had brought it, or never announced */
  | "made" /** read to make another weight of it */
  | "used" /** a streamed weight after its use */
  | "replan" /** no longer part of the plan */
  | "room" /** made way for something that needs the room now */
  | "budget" /** the budget fell */
  | "trim" /** a caller asked for memory back */
  | "closed" /** its model was closed */
  | "fault"; /** brought, or dropped, while recovering from a failed allocation, read or upload */

export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const fail = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
