// TLS settings of Java's clients to those of Node: trust and key stores as PEM, PKCS12 or JKS.
import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, checkServerIdentity, createSecureContext } from 'node:tls';
import { ConnectorError } from '../../types/errors.ts';

/** Values of `ssl.*`; undefined where not set. Stores given by text (`certificates`, `chain`, `key`) are PEM. */
export interface TlsFiles {
  readonly truststoreLocation: string | undefined;
  readonly truststorePassword: string | undefined;
  readonly truststoreType: string | undefined;
  readonly truststoreCertificates: string | undefined;
  readonly keystoreLocation: string | undefined;
  readonly keystorePassword: string | undefined;
  readonly keystoreType: string | undefined;
  readonly certificateChain: string | undefined;
  readonly key: string | undefined;
  readonly keyPassword: string | undefined;
  /** Whether the certificate must name the host (`ssl.endpoint.identification.algorithm` is not empty). */
  readonly verifyHostName: boolean;
}

/** @throws ConnectorError that names the option when a file cannot be read */
export async function loadTls(files: TlsFiles): Promise<ConnectionOptions> {
  const trust = await loadTrust(files);
  const own = await loadOwn(files);
  return {
    rejectUnauthorized: true,
    ...(trust.length === 0 ? {} : { ca: trust }),
    ...own,
    checkServerIdentity: files.verifyHostName ? checkServerIdentity : () => undefined,
  };
}

async function loadTrust(files: TlsFiles): Promise<string[]> {
  if (files.truststoreCertificates !== undefined) return [files.truststoreCertificates];
  if (files.truststoreLocation === undefined) return [];
  const name = 'properties.ssl.truststore.location';
  const bytes = await read(files.truststoreLocation, name);
  if (isPem(bytes)) return [bytes.toString()];
  const entries = await openStore(bytes, files.truststorePassword, undefined, files.truststoreLocation, name);
  return entries.flatMap((entry) => [entry.ca, entry.cert].filter((pem) => pem !== undefined));
}

type OwnCertificate = Pick<ConnectionOptions, 'cert' | 'key' | 'pfx' | 'passphrase'>;

async function loadOwn(files: TlsFiles): Promise<OwnCertificate> {
  const passphrase = files.keyPassword === undefined ? {} : { passphrase: files.keyPassword };
  if (files.certificateChain !== undefined && files.key !== undefined) {
    return { cert: files.certificateChain, key: files.key, ...passphrase };
  }
  if (files.keystoreLocation === undefined) return {};
  const name = 'properties.ssl.keystore.location';
  const bytes = await read(files.keystoreLocation, name);
  if (isPem(bytes)) return { cert: bytes, key: bytes, ...passphrase };
  if (bytes[0] === ASN1_SEQUENCE) return pkcs12(bytes, files, name);
  const entries = await openStore(
    bytes,
    files.keystorePassword,
    files.keyPassword,
    files.keystoreLocation,
    name,
  );
  const entry = entries.find((e) => e.cert !== undefined && e.key !== undefined);
  if (entry?.cert === undefined || entry.key === undefined) {
    throw new ConnectorError(
      `The key store '${files.keystoreLocation}' (option '${name}') holds no private key.`,
      {
        retryable: false,
      },
    );
  }
  return { cert: entry.cert, key: entry.key };
}

/** What a PKCS12 file begins with. */
const ASN1_SEQUENCE = 0x30;

/** Node reads these itself, whatever kind of key they hold. */
function pkcs12(bytes: Buffer, files: TlsFiles, option: string): OwnCertificate {
  const own = { pfx: bytes, passphrase: files.keystorePassword ?? '' };
  try {
    createSecureContext(own);
    return own;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectorError(
      `The key store '${files.keystoreLocation}' (option '${option}') cannot be opened: ${reason}. Is its password right?`,
      { retryable: false },
    );
  }
}

function isPem(bytes: Buffer): boolean {
  return bytes.includes('-----BEGIN ');
}

async function read(path: string, option: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ConnectorError(`The file '${path}' (option '${option}') cannot be read.`, {
      cause,
      retryable: false,
    });
  }
}

interface StoreEntry {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** JKS or PKCS12, whichever it is. Loaded when needed only: the library is not small. */
async function openStore(
  bytes: Buffer,
  password: string | undefined,
  keyPassword: string | undefined,
  path: string,
  option: string,
): Promise<StoreEntry[]> {
  const { default: jks } = await import('jks-js');
  try {
    const entries: Record<string, StoreEntry> = jks.toPem(bytes, password ?? '', keyPassword);
    return Object.values(entries);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const reason =
      password === undefined ? message : message.replaceAll(password === '' ? '\0' : password, '******');
    throw new ConnectorError(
      `The key store '${path}' (option '${option}') cannot be opened: ${reason}. Is its password right?`,
      { retryable: false },
    );
  }
}
