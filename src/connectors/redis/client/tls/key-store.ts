// Certificates and keys out of the files that users have: PEM, DER, Java's JKS, PKCS12. The two stores are read by jks-js,
// which is loaded for them only.
import { X509Certificate } from 'node:crypto';

export interface StoreContents {
  /** Certificates in PEM, in the file's order; of a key's own chain, the leaf first. */
  readonly certificates: readonly string[];
  /** Private key in PEM; null when the file has none. */
  readonly key: string | null;
}

/** What is wrong with a file, as the end of a sentence. */
export class StoreError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
  }
}

const JKS = 0xfeedfeed;
const JCEKS = 0xcececece;
const PEM_CERTIFICATE =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g;

/**
 * @param password '' for none
 * @throws StoreError
 */
export async function readStore(bytes: Buffer, password: string): Promise<StoreContents> {
  if (bytes.length === 0) throw new StoreError('is empty');
  const pem = bytes.toString('latin1').match(PEM_CERTIFICATE);
  if (pem !== null) return { certificates: pem.map(checkedPem), key: null };
  const magic = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  if (magic === JKS) return await readJks(bytes, password);
  if (magic === JCEKS)
    throw new StoreError('is a JCEKS store: convert it with keytool -importkeystore -deststoretype PKCS12');
  // Both are an ASN.1 sequence (0x30).
  if (bytes[0] === 0x30) return derCertificate(bytes) ?? (await readPkcs12(bytes, password));
  throw new StoreError('is neither a JKS or PKCS12 store nor a certificate in PEM or DER');
}

function checkedPem(pem: string): string {
  try {
    return new X509Certificate(pem).toString();
  } catch (error) {
    throw new StoreError('holds a certificate that cannot be read', error);
  }
}

function derCertificate(bytes: Buffer): StoreContents | null {
  try {
    return { certificates: [new X509Certificate(bytes).toString()], key: null };
  } catch {
    return null; // then it is a PKCS12 store, or the error is told by that reader
  }
}

async function readJks(bytes: Buffer, password: string): Promise<StoreContents> {
  const { default: jks } = await import('jks-js');
  let entries: ReturnType<typeof jks.toPem>;
  try {
    entries = jks.toPem(bytes, password);
  } catch (error) {
    throw new StoreError(withPassword('is a JKS store that cannot be read', password), error);
  }
  const found = Object.values(entries);
  const withKey = found.find((entry) => entry.key !== undefined);
  const pems = withKey?.cert !== undefined ? [withKey.cert] : found.map((e) => e.ca ?? e.cert ?? '');
  const certificates = pems.flatMap((pem) => pem.match(PEM_CERTIFICATE) ?? []);
  return { certificates: certificates.map(checkedPem), key: withKey?.key ?? null };
}

async function readPkcs12(bytes: Buffer, password: string): Promise<StoreContents> {
  const { default: Pkcs12Parser } = await import('jks-js/lib/keystore/PKCS12Parser.js');
  const leaves: string[] = [];
  const others: string[] = [];
  let key: string | null = null;
  try {
    const parser = new Pkcs12Parser(bytes, password);
    for (const bag of parser.parse()) {
      // Entries of one chain have the same name, or none: each is converted alone.
      bag.attributes.friendlyName ??= [''];
      for (const entry of Object.values(parser.toPem([bag]))) {
        if (entry.cert !== undefined) leaves.push(entry.cert);
        if (entry.ca !== undefined) others.push(entry.ca);
        key ??= entry.key ?? null;
      }
    }
  } catch (error) {
    throw new StoreError(withPassword('is a PKCS12 store that cannot be read', password), error);
  }
  return { certificates: [...leaves, ...others].map(checkedPem), key };
}

function withPassword(words: string, password: string): string {
  return password === '' ? `${words} without a password` : `${words} with this password`;
}
