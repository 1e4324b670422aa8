import { generateKeyPairSync, sign } from "node:crypto";
import type { Identity } from "./standInHub.ts";

const tlv = (tag: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const seq = (...parts: readonly (Buffer | string)[]) => tlv(0x30, ...parts);
const hex = (text: string) => Buffer.from(text, "hex");
const oid = (text: string) => tlv(0x06, hex(text));
const ECDSA_SHA256 = seq(oid("2a8648ce3d040302"));
const COMMON_NAME = oid("550403");
const SUBJECT_ALT_NAME = oid("551d11");
const BASIC_CONSTRAINTS = oid("551d13");
const TRUE = tlv(0x01, hex("ff"));

/** A key and a certificate for 127.0.0.1 and localhost that vouches for itself, made anew each time. Source: RFC 5280, 4.1. */
export function selfSigned(): Identity {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = seq(tlv(0x31, seq(COMMON_NAME, tlv(0x0c, "weir test"))));
  const names = seq(tlv(0x82, "localhost"), tlv(0x87, hex("7f000001")));
  const body = seq(
    tlv(0xa0, tlv(0x02, hex("02"))),
    tlv(0x02, hex("01")),
    ECDSA_SHA256,
    name,
    seq(tlv(0x17, "200101000000Z"), tlv(0x18, "20991231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, seq(seq(SUBJECT_ALT_NAME, tlv(0x04, names)), seq(BASIC_CONSTRAINTS, TRUE, tlv(0x04, seq(TRUE))))),
  );
  const signature = tlv(0x03, hex("00"), sign("sha256", body, privateKey));
  const base64 = seq(body, ECDSA_SHA256, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}
