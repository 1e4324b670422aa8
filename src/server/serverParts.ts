import type {
  EventsPage,
  EventsRequest,
  FreeRequest,
  NodeDeclaration,
  PlainValidation,
  ValidateRequest,
} from "../engine/messages.ts";
import type { ServerFolders } from "./files/serverFolders.ts";
import type { Limits } from "./limits.ts";
import type { LogRing } from "./logRing.ts";
import type { PictureThread } from "./pictures/pictureThread.ts";
import type { JobQueue } from "./queue/jobQueue.ts";
import type { CorsOrigin } from "./security/originGuard.ts";
import type { FeatureFlags, Hub } from "./socket/hub.ts";
import type { Users } from "./users/users.ts";

/** What routes are made of. The command line puts it together; a test puts in what it likes. A route takes the few it needs. */
export interface ServerParts {
  readonly queue: JobQueue;
  readonly hub: Hub;
  readonly users: Users;
  readonly folders: ServerFolders;
  readonly limits: Limits;
  readonly pictures: PictureThread;
  readonly logs: LogRing;
  readonly nodes: NodeCatalogue;
  readonly machine: Machine;
  readonly features: () => FeatureFlags;
  readonly security: Security;
  /** `--front-end-root`: a folder with a page; null: our own. */
  readonly frontEnd: string | null;
  /** ms since 1970. */
  readonly now: () => number;
}

/** The node classes that there are, and what makes sense of a prompt. */
export interface NodeCatalogue {
  /** Combos filled from the folders as they are now. Null: there is no such class. */
  find(classType: string): Promise<NodeDeclaration | null>;
  all(): Promise<readonly NodeDeclaration[]>;
  validate(request: ValidateRequest): Promise<PlainValidation>;
}

/** What computes, and on what. */
export interface Machine {
  free(request: FreeRequest): void;
  devices(): Promise<readonly DeviceFacts[]>;
  /** The engine's counters, plain data; null if it does not answer now. */
  stats(): Promise<unknown>;
  /** What happened to memory lately; null if it does not answer now. */
  events(request: EventsRequest): Promise<EventsPage | null>;
  /** As the process was started. */
  readonly argv: readonly string[];
  readonly version: string;
}

/** Bytes of memory that may be used, and of those that are free. */
export interface DeviceFacts {
  readonly name: string;
  readonly type: string;
  readonly total: number;
  readonly free: number;
  /** Taken by the process that computes. */
  readonly used: number;
}

export interface Security {
  /** Names by which this server may be called, beside localhost and addresses. Lower case. */
  readonly hosts: ReadonlySet<string>;
  readonly cors: CorsOrigin;
  /** null: none is asked for. */
  readonly token: string | null;
}
