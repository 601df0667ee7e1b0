// What a TLS connection needs, read from the files that the options name.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ConnectorError } from '../../../../types/errors.ts';
import { readStore, StoreError } from './key-store.ts';

/** The options, as given. Paths of files; passwords are '' where there is none. */
export interface TlsOptions {
  /** `cacert.filepath`; undefined: the certificate authorities that Node trusts. */
  readonly caFile?: string;
  readonly caPassword: string;
  /** `tls.keystore.filepath` */
  readonly keyStoreFile?: string;
  readonly keyStorePassword: string;
  /** `tls.cert.filepath` and `tls.key.filepath` */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** `tls.server-name` */
  readonly serverName?: string;
  /** `tls.verify` */
  readonly verify: boolean;
}

export interface TlsMaterial {
  readonly context: SecureContext;
  readonly serverName: string | null;
  readonly verify: boolean;
}

/** @throws ConnectorError that names the option and what is wrong with its file */
export async function loadTls(options: TlsOptions): Promise<TlsMaterial> {
  const ca = options.caFile === undefined ? null : await authorities(options.caFile, options.caPassword);
  const own = await ownCertificate(options);
  try {
    const context = createSecureContext({
      ...(ca === null ? {} : { ca: [...ca] }),
      ...(own === null ? {} : { cert: own.cert, key: own.key }),
    });
    return { context, serverName: options.serverName ?? null, verify: options.verify };
  } catch (error) {
    throw new ConnectorError(`The certificates for TLS cannot be used: ${(error as Error).message}`, {
      retryable: false,
      cause: error,
    });
  }
}

async function authorities(file: string, password: string): Promise<readonly string[]> {
  const { certificates } = await store('cacert.filepath', file, password, 'cacert.password');
  if (certificates.length === 0) throw unusable('cacert.filepath', file, 'holds no certificate');
  return certificates;
}

async function ownCertificate(options: TlsOptions): Promise<{ cert: string; key: string } | null> {
  const { keyStoreFile, keyStorePassword, certFile, keyFile } = options;
  if (keyStoreFile !== undefined) {
    const option = 'tls.keystore.filepath';
    const found = await store(option, keyStoreFile, keyStorePassword, 'tls.keystore.password');
    if (found.key === null) throw unusable(option, keyStoreFile, 'holds no private key');
    return matching(option, keyStoreFile, found.certificates, found.key);
  }
  if (certFile === undefined || keyFile === undefined) return null;
  const { certificates } = await store('tls.cert.filepath', certFile, '', null);
  const key = await read('tls.key.filepath', keyFile);
  try {
    createPrivateKey(key);
  } catch (error) {
    throw unusable('tls.key.filepath', keyFile, 'is no private key in PEM without a password', error);
  }
  return matching('tls.cert.filepath', certFile, certificates, key.toString('latin1'));
}

/** The pair, if the first certificate is the key's own. */
function matching(option: string, file: string, certificates: readonly string[], key: string) {
  const leaf = certificates[0];
  if (leaf === undefined) throw unusable(option, file, 'holds no certificate');
  if (!new X509Certificate(leaf).checkPrivateKey(createPrivateKey(key)))
    throw unusable(option, file, 'holds a certificate that does not belong to the private key');
  return { cert: certificates.join('\n'), key };
}

async function store(option: string, file: string, password: string, passwordOption: string | null) {
  const bytes = await read(option, file);
  try {
    return await readStore(bytes, password);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const about = passwordOption === null || error.cause === undefined ? '' : ` (option '${passwordOption}')`;
    throw unusable(option, file, `${error.message}${about}`, error);
  }
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read',
  EISDIR: 'is a folder',
};

async function read(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unusable(option, file, FILE_ERRORS[code ?? ''] ?? `cannot be read: ${message}`, error);
  }
}

function unusable(option: string, file: string, problem: string, cause?: unknown): ConnectorError {
  return new ConnectorError(`The file of option '${option}' ${problem}: ${file}`, {
    retryable: false,
    ...(cause === undefined ? {} : { cause }),
  });
}
