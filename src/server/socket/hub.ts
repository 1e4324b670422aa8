import { randomBytes } from "node:crypto";
import { printJson } from "../../workflow/losslessJson.ts";

/** One socket, as the hub needs it. */
export interface Peer {
  send(data: string | Uint8Array): void;
  /** Bytes that were sent and are not on their way yet. */
  readonly buffered: number;
  close(): void;
}

/** What a client said it can do. */
export type FeatureFlags = Readonly<Record<string, unknown>>;

interface Client {
  readonly sid: string;
  readonly peer: Peer;
  features: FeatureFlags;
  /** Its first text frame has come. */
  spoken: boolean;
}

/** A client that reads slower than this is behind is let go: what it missed could not be made up for anyway. */
const MAX_BUFFERED = 64 * 2 ** 20;
/** What all clients together may be behind: beyond it the slowest is let go first. */
const MAX_BUFFERED_ALL = 256 * 2 ** 20;

/**
 * The sockets and what goes to whom. A message has a client's id, or goes to all. A second socket with the same id takes over. Knows nothing
 * of the network: a peer is whatever sends. Source: comfyui-api.md, "WebSocket".
 */
export class Hub {
  readonly #clients = new Map<string, Client>();
  /** Every socket, those too whose id another one has taken over and that nothing is sent to any more. */
  readonly #open = new Set<Client>();
  readonly #status: () => unknown;
  readonly #features: () => FeatureFlags;
  /** Told of a client that was let go because it does not read, with the bytes it was behind. */
  onSlow: (sid: string, bytes: number) => void = () => {};
  /** What runs, for a client that comes back. */
  executing: { readonly clientId: string | null; readonly node: string | null } = { clientId: null, node: null };

  /** `status`: the data of a status message. `features`: what the server can do. */
  constructor(status: () => unknown, features: () => FeatureFlags) {
    this.#status = status;
    this.#features = features;
  }

  get size(): number {
    return this.#open.size;
  }

  has(clientId: string): boolean {
    return this.#clients.has(clientId);
  }

  /** A new socket: the first frame is the status with its id; whoever comes back while its prompt runs is told the node too. */
  join(peer: Peer, clientId: string | null): { receive(text: string): void; leave(): void } {
    const sid = clientId === null || clientId === "" ? randomBytes(16).toString("hex") : clientId;
    const client: Client = { sid, peer, features: {}, spoken: false };
    this.#clients.set(sid, client);
    this.#open.add(client);
    this.#write(client, printJson({ type: "status", data: { status: this.#status(), sid } }));
    if (this.executing.clientId === sid && this.executing.node !== null) {
      this.#write(client, printJson({ type: "executing", data: { node: this.executing.node } }));
    }
    return {
      receive: (text) => this.#receive(client, text),
      // Another socket may have taken the id over meanwhile.
      leave: () => this.#forget(client),
    };
  }

  /** The count of what runs and waits, to all. */
  sendStatus(): void {
    this.send("status", { status: this.#status() });
  }

  /** To one client, or to all (null). Nobody of that id: to nobody. `feature`: only to those that said they have it. */
  send(type: string, data: unknown, to: string | null = null, feature?: string): void {
    const clients = this.#targets(to).filter(({ features }) => feature === undefined || features[feature] === true);
    if (clients.length === 0) return;
    const text = printJson({ type, data });
    for (const client of clients) this.#write(client, text);
    this.#holdBound();
  }

  /** Binary frames of those clients for which `frame` makes one. */
  sendBinary(frame: (features: FeatureFlags) => Uint8Array | null, to: string | null = null): void {
    for (const client of this.#targets(to)) {
      const bytes = frame(client.features);
      if (bytes !== null) this.#write(client, bytes);
    }
    this.#holdBound();
  }

  closeAll(): void {
    for (const { peer } of this.#open) peer.close();
    this.#open.clear();
    this.#clients.clear();
  }

  #targets(to: string | null): Client[] {
    if (to === null) return [...this.#clients.values()];
    const client = this.#clients.get(to);
    return client === undefined ? [] : [client];
  }

  #write(client: Client, data: string | Uint8Array): void {
    if (client.peer.buffered > MAX_BUFFERED) this.#letGo(client);
    else client.peer.send(data);
  }

  /** Not with every socket's share of the bound: one that is slow may have what the others do not need. */
  #holdBound(): void {
    for (;;) {
      let [all, most, slowest]: [number, number, Client | null] = [0, -1, null];
      for (const client of this.#open) {
        const { buffered } = client.peer;
        all += buffered;
        if (buffered > most) [most, slowest] = [buffered, client];
      }
      if (all <= MAX_BUFFERED_ALL || slowest === null) return;
      this.#letGo(slowest);
    }
  }

  #letGo(client: Client): void {
    const bytes = client.peer.buffered;
    this.#forget(client);
    client.peer.close();
    this.onSlow(client.sid, bytes);
  }

  #forget(client: Client): void {
    this.#open.delete(client);
    if (this.#clients.get(client.sid) === client) this.#clients.delete(client.sid);
  }

  /** Only the first frame that is JSON counts; what is not JSON is passed over. */
  #receive(client: Client, text: string): void {
    if (client.spoken) return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    client.spoken = true;
    if (typeof message !== "object" || message === null) return;
    const { type, data } = message as { readonly type?: unknown; readonly data?: unknown };
    if (type !== "feature_flags") return;
    client.features = typeof data === "object" && data !== null ? (data as FeatureFlags) : {};
    this.#write(client, printJson({ type: "feature_flags", data: this.#features() }));
  }
}
