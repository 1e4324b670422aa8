import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createApp } from "../../src/server/app.ts";
import { type Listening, type ListenOptions, listen } from "../../src/server/listen.ts";
import { fakeParts } from "../../src/server/testing/fakeParts.ts";
import { selfSigned } from "../cli/pull/selfSigned.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-listen-"));
afterAll(() => rmSync(folder, { recursive: true }));

let open: Listening | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});
async function start(
  options: Omit<ListenOptions, "port"> & { readonly port?: number },
  token: string | null = null,
): Promise<Listening> {
  const parts = fakeParts({ security: { hosts: new Set(), cors: null, token } });
  open = await listen(createApp(parts), parts, { port: 0, ...options });
  return open;
}

/** Whether this machine has an address ::1. */
const six = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

// macOS has 127.0.0.1 alone unless it is told otherwise.
describe.skipIf(process.platform === "darwin")("several addresses", () => {
  test("each answers requests and sockets on the same port, of one queue; all are closed together", async () => {
    const { urls, port, close } = await start({ host: ["127.0.0.1", "127.0.0.2"] });
    expect(urls).toEqual([`http://127.0.0.1:${port}`, `http://127.0.0.2:${port}`]);
    const heard: string[] = [];
    for (const url of urls) {
      expect(await (await fetch(`${url}/prompt`)).json()).toEqual({ exec_info: { queue_remaining: 0 } });
      const socket = new WebSocket(`${url.replace("http", "ws")}/ws?clientId=${url}`);
      heard.push(await new Promise((resolve) => socket.once("message", (data) => resolve(String(data)))));
    }
    expect(heard.map((text) => JSON.parse(text).data.sid)).toEqual(urls);
    await close();
    open = undefined;
    for (const url of urls) await expect(fetch(`${url}/prompt`)).rejects.toThrow();
  });

  test("one that is taken is named, and none stays open", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.2", resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(start({ host: ["127.0.0.1", "127.0.0.2"], port })).rejects.toMatchObject({
      code: "address-in-use",
      message: `port ${port} of 127.0.0.2 is taken; choose another with --port`,
    });
    await expect(fetch(`http://127.0.0.1:${port}/prompt`)).rejects.toThrow();
    await new Promise((resolve) => taken.close(resolve));
  });

  test("an address that is not this machine's is an error", async () => {
    await expect(start({ host: ["127.0.0.1", "192.0.2.1"] })).rejects.toMatchObject({ code: "cannot-listen" });
  });

  test("0.0.0.0,:: is both versions where the machine has both, and the one it has where not", async () => {
    const { urls, port } = await start({ host: ["0.0.0.0", "::"] });
    expect(urls[0]).toBe(`http://127.0.0.1:${port}`);
    for (const url of urls) expect((await fetch(`${url}/prompt`)).status).toBe(200);
    if (six) expect(urls[1]).toBe(`http://[::1]:${port}`);
  });
});

describe("TLS", () => {
  const own = selfSigned();
  const other = selfSigned();
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const keyFile = write("key.pem", own.key);
  const certFile = write("cert.pem", own.cert);
  const passphrase = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" },
  }).privateKey;

  test("requests and sockets go over it, and who does not trust the certificate gets nothing", async () => {
    const { url, port } = await start({ host: "127.0.0.1", tls: { keyFile, certFile } });
    expect(url).toBe(`https://127.0.0.1:${port}`);
    const get = (ca?: string) =>
      new Promise<[number | undefined, string]>((resolve, reject) => {
        const sent = request(`${url}/prompt`, { ...(ca === undefined ? {} : { ca }), agent: false }, (answer) => {
          let text = "";
          answer.on("data", (part) => (text += part)).on("end", () => resolve([answer.statusCode, text]));
        });
        sent.on("error", reject).end();
      });
    expect(await get(own.cert)).toEqual([200, '{"exec_info":{"queue_remaining":0}}']);
    await expect(get(other.cert)).rejects.toThrow();
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws?clientId=a`, { ca: own.cert });
    const first = await new Promise<string>((resolve, reject) => {
      socket.once("message", (data) => resolve(String(data))).once("error", reject);
    });
    expect(JSON.parse(first)).toMatchObject({ type: "status", data: { sid: "a" } });
    // Its own page is of the origin https, and a page of the same name over plain http is another site.
    const asPage = (origin: string) =>
      new Promise<boolean>((resolve) => {
        const page = new WebSocket(`wss://127.0.0.1:${port}/ws`, { ca: own.cert, origin });
        page.once("open", () => resolve(true)).once("error", () => resolve(false));
      });
    expect(await asPage(`https://127.0.0.1:${port}`)).toBe(true);
    expect(await asPage("https://evil.example")).toBe(false);
    // Plain HTTP on that port is no answer of ours.
    await expect(fetch(`http://127.0.0.1:${port}/prompt`)).rejects.toThrow();
  });

  test("the cookie that opens the page goes over TLS alone", async () => {
    const { url } = await start({ host: "127.0.0.1", tls: { keyFile, certFile } }, "the token");
    const cookie = await new Promise((resolve, reject) => {
      const sent = request(`${url}/?token=the%20token`, { ca: own.cert, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.headers["set-cookie"]);
      });
      sent.on("error", reject).end();
    });
    expect(cookie).toEqual(["weir_token=the%20token; Path=/; HttpOnly; SameSite=Strict; Secure"]);
  });

  test("a certificate with those that vouch for it behind it", async () => {
    const chain = write("chain.pem", `${own.cert}\n${other.cert}`);
    expect((await start({ host: "127.0.0.1", tls: { keyFile, certFile: chain } })).url).toMatch(/^https:/);
  });

  const absent = join(folder, "absent.pem");
  const garbage = write("garbage.pem", "-----BEGIN NOTHING-----\nnothing\n");
  const otherCert = write("other.pem", other.cert);
  const locked = write("locked.pem", passphrase);
  test.each([
    ["an absent key", absent, certFile, `--tls-keyfile ${absent} cannot be read (ENOENT)`],
    ["an absent certificate", keyFile, absent, `--tls-certfile ${absent} cannot be read (ENOENT)`],
    ["a folder", folder, certFile, `--tls-keyfile ${folder} cannot be read (EISDIR)`],
    ["a key that is none", garbage, certFile, `--tls-keyfile ${garbage} holds no private key as PEM`],
    ["the two mixed up", certFile, keyFile, `--tls-keyfile ${certFile} holds no private key as PEM`],
    ["a certificate that is none", keyFile, garbage, `--tls-certfile ${garbage} holds no certificate as PEM`],
    [
      "another certificate's key",
      keyFile,
      otherCert,
      `--tls-keyfile ${keyFile} is not the key of the first certificate in ${otherCert}; give the pair`,
    ],
    [
      "a key with a passphrase",
      locked,
      certFile,
      `--tls-keyfile ${locked} has a passphrase; write it without: openssl pkey -in KEY -out NEW`,
    ],
  ])("%s is an error that names the file, and nothing listens", async (_, key, cert, message) => {
    await expect(start({ host: "127.0.0.1", tls: { keyFile: key, certFile: cert } })).rejects.toMatchObject({
      code: "cannot-listen",
      message,
    });
  });
});
