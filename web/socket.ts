/** A message of the server, ComfyUI's or one of ours. */
export interface Message {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SocketHooks {
  onMessage(message: Message): void;
  /** A preview of what is being made: JPEG or PNG. */
  onPreview(picture: Blob): void;
  onState(connected: boolean): void;
}

/** Event 1 of binary frames: u32 kind, u32 format, picture. Source: docs/server.md and ComfyUI's protocol. */
const PREVIEW = 1;
const TYPES: Readonly<Record<number, string>> = { 1: "image/jpeg", 2: "image/png" };
const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 10_000;

/** The socket, made again whenever it goes; under its id the server tells it what runs. It asks for messages of memory too. */
export function openSocket(clientId: string, hooks: SocketHooks): void {
  let wait = FIRST_WAIT_MS;
  const connect = (): void => {
    const address = new URL(`ws?clientId=${clientId}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wait = FIRST_WAIT_MS;
      socket.send(JSON.stringify({ type: "feature_flags", data: { weir_memory: true } }));
      hooks.onState(true);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") return hooks.onMessage(JSON.parse(data) as Message);
      const view = new DataView(data as ArrayBuffer);
      const type = TYPES[view.getUint32(4)];
      if (view.getUint32(0) === PREVIEW && type !== undefined) hooks.onPreview(new Blob([data.slice(8)], { type }));
    };
    socket.onclose = () => {
      hooks.onState(false);
      setTimeout(connect, wait);
      wait = Math.min(LAST_WAIT_MS, wait * 2);
    };
  };
  connect();
}
