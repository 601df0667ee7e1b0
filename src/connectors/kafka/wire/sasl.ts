// SASL logins: PLAIN (RFC 4616) and SCRAM-SHA-256/512 (RFC 5802), wrapped in SaslAuthenticate requests (KIP-152).
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ConnectorError } from '../../../types/errors.ts';
import { SASL_AUTHENTICATE, SASL_HANDSHAKE } from './apis.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { brokerErrorText, NetworkError } from './broker-errors.ts';
import type { SaslCredentials } from './sasl-credentials.ts';

const deriveKey = promisify(pbkdf2);
/** RFC 5802 asks for at least 4096; an endless count from a false server must not stall us. */
const MOST_ITERATIONS = 1_000_000;

/** @throws ConnectorError that does not carry the password */
export async function authenticate(connection: BrokerConnection, login: SaslCredentials): Promise<void> {
  const failed = (why: string) =>
    new ConnectorError(
      `SASL/${login.mechanism} login of user '${login.username}' at Kafka broker ${connection.address} failed: ${why}`,
      { retryable: false },
    );
  try {
    await handshake(connection, login, failed);
    if (login.mechanism === 'PLAIN') {
      await exchange(connection, Buffer.from(`\0${login.username}\0${login.password}`), failed);
    } else {
      await scram(connection, login, login.mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512', failed);
    }
  } catch (error) {
    // A broker that is shut down closes the connection too: that is no refusal.
    if (error instanceof NetworkError) throw error;
    throw error instanceof ConnectorError ? error : failed(String(error));
  }
}

type Failed = (why: string) => ConnectorError;

async function handshake(
  connection: BrokerConnection,
  login: SaslCredentials,
  failed: Failed,
): Promise<void> {
  const [code, mechanisms] = await connection.request(SASL_HANDSHAKE, {
    write: (w) => w.string(login.mechanism),
    read: (r) => [r.int16(), r.array((item) => item.string())] as const,
  });
  if (code !== 0) {
    const offered = mechanisms.length === 0 ? '' : ` The broker offers: ${mechanisms.join(', ')}.`;
    throw failed(`${brokerErrorText(code)}${offered}`);
  }
}

async function exchange(connection: BrokerConnection, bytes: Buffer, failed: Failed): Promise<Buffer> {
  const [code, message, answer] = await connection.request(SASL_AUTHENTICATE, {
    write: (w) => w.bytes(bytes),
    read: (r) => [r.int16(), r.nullableString(), r.nullableBytes()] as const,
  });
  if (code !== 0) throw failed(message === null || message === '' ? brokerErrorText(code) : message);
  return answer ?? Buffer.alloc(0);
}

async function scram(
  connection: BrokerConnection,
  login: SaslCredentials,
  digest: 'sha256' | 'sha512',
  failed: Failed,
): Promise<void> {
  const nonce = randomBytes(24).toString('base64');
  const first = `n=${login.username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  const serverFirst = (await exchange(connection, Buffer.from(`n,,${first}`), failed)).toString();
  const { r = '', s = '', i = '' } = attributes(serverFirst);
  const iterations = Number(i);
  if (!r.startsWith(nonce) || r === nonce) throw failed("the server's nonce does not continue ours");
  if (!Number.isInteger(iterations) || iterations < 4096 || iterations > MOST_ITERATIONS) {
    throw failed(`the server asks for ${i} iterations`);
  }
  const size = digest === 'sha256' ? 32 : 64;
  const salted = await deriveKey(login.password, Buffer.from(s, 'base64'), iterations, size, digest);
  const hmac = (key: Buffer, text: string) => createHmac(digest, key).update(text).digest();
  const clientKey = hmac(salted, 'Client Key');
  const withoutProof = `c=biws,r=${r}`;
  const message = `${first},${serverFirst},${withoutProof}`;
  const signature = hmac(createHash(digest).update(clientKey).digest(), message);
  const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
  const final = `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
  const serverFinal = attributes((await exchange(connection, Buffer.from(final), failed)).toString());
  if (serverFinal.e !== undefined) throw failed(serverFinal.e);
  const expected = hmac(hmac(salted, 'Server Key'), message);
  const given = Buffer.from(serverFinal.v ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw failed('the server could not prove that it knows the password');
  }
}

function attributes(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of text.split(',')) if (part[1] === '=') found[part.charAt(0)] = part.slice(2);
  return found;
}
