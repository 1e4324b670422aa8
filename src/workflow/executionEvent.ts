/**
 * What happens while a prompt runs, in ComfyUI's words and order. Plain data: it crosses the engine's process border and becomes the socket's
 * messages. Source: comfyui-api.md, "WebSocket", and the recorded transcripts.
 *
 * Per node: progress_state (running), executing, progress*, executed if it made something to show, progress_state (finished). A node
 * whose results are there is not run: executed with what it showed, progress_state (finished). A node that asks for a lazy input is told
 * running and executing again when the input is there. A node that waits beside others (`concurrent`) or for its expansion is not.
 */
export type ExecutionEvent =
  /** `timestamp`: ms since 1970, here and below. */
  | { readonly kind: "execution_start"; readonly timestamp: number }
  /** Nodes of the prompt whose results were there before anything ran. */
  | { readonly kind: "execution_cached"; readonly nodes: readonly string[]; readonly timestamp: number }
  | ({ readonly kind: "executing"; readonly classType: string } & NodePlace)
  /** One node's entry of ComfyUI's message of that name, which lists every node that began. */
  | ({
      readonly kind: "progress_state";
      readonly state: "running" | "finished" | "error";
      readonly value: number;
      readonly max: number;
    } & NodePlace)
  /** A step done. No progress_state of its own comes with it: this one says the same. */
  | ({
      readonly kind: "progress";
      readonly value: number;
      readonly max: number;
      readonly preview?: Preview;
    } & NodePlace)
  /** A line that a node shows while it runs (GetImageSize). */
  | ({ readonly kind: "progress_text"; readonly text: string } & NodePlace)
  /** It made something to show; or it was not run because its results were there (null when it shows nothing). */
  | ({
      readonly kind: "executed";
      readonly ui: Readonly<Record<string, unknown>> | null;
      /** The node that showed it when it ran, where that had another id: ComfyUI's history names that one. */
      readonly shownBy?: NodePlace;
    } & NodePlace)
  /** A node did not run because a value it takes was blocked with a message; the prompt goes on. ComfyUI says it as an execution_error. */
  | ({
      readonly kind: "execution_blocked";
      readonly classType: string;
      readonly message: string;
      readonly executed: readonly string[];
      readonly timestamp: number;
    } & NodePlace);

/** A node by its id. */
export interface NodePlace {
  readonly node: string;
  /** Of a node that another one's expansion made; a node of the prompt stands for itself. */
  readonly expanded?: {
    /** The node of the page that shows for it. */
    readonly displayNode: string;
    /** The node whose expansion it is part of. */
    readonly parentNode: string;
    /** The node of the prompt that it all came from. */
    readonly realNode: string;
  };
}

/** A picture of what is being made, as small as it is computed. `rgb`: [height, width, 3], 0 to 255. */
export interface Preview {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}
