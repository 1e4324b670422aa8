import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ServerError } from "./errors.ts";

export interface TlsFiles {
  readonly keyFile: string;
  readonly certFile: string;
}

/**
 * The key and the certificate (with those that vouch for it behind it) for HTTPS, PEM both. Throws ServerError "cannot-listen" that names the file: it cannot be
 * read, is no PEM, has a passphrase, or the key is another certificate's.
 */
export function readTls({ keyFile, certFile }: TlsFiles): { readonly key: Buffer; readonly cert: Buffer } {
  const key = read("--tls-keyfile", keyFile);
  const cert = read("--tls-certfile", certFile);
  let secret: KeyObject;
  try {
    secret = createPrivateKey(key);
  } catch (error) {
    const locked =
      /ENCRYPTED/.test(key.toString("latin1")) || (error as { code?: string }).code === "ERR_MISSING_PASSPHRASE";
    throw refused(
      "--tls-keyfile",
      keyFile,
      locked ? "has a passphrase; write it without: openssl pkey -in KEY -out NEW" : "holds no private key as PEM",
    );
  }
  let known: X509Certificate;
  try {
    known = new X509Certificate(cert);
  } catch {
    throw refused("--tls-certfile", certFile, "holds no certificate as PEM");
  }
  if (!known.checkPrivateKey(secret)) {
    throw refused("--tls-keyfile", keyFile, `is not the key of the first certificate in ${certFile}; give the pair`);
  }
  return { key, cert };
}

function read(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw refused(flag, file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);
  }
}

const refused = (flag: string, file: string, why: string): ServerError =>
  new ServerError("cannot-listen", `${flag} ${file} ${why}`);
