// A certificate authority of our own, with server and client certificates, in the shapes that users have: PEM, PKCS12, JKS.
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrograms } from './install.mjs';
import { run } from './process.mjs';

const PASSWORD = 'changeit';

/** The JKS format of Java before 9: trusted certificates, sealed with SHA-1 over the password. */
function jksTrustStore(pem, alias, password) {
  const certificate = new X509Certificate(pem).raw;
  const int32 = (value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const text = (value) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  };
  const date = Buffer.alloc(8);
  date.writeBigInt64BE(BigInt(Date.now()));
  const TRUSTED = 2;
  const body = Buffer.concat([
    int32(0xfeedfeed),
    int32(2),
    int32(1),
    int32(TRUSTED),
    text(alias),
    date,
    text('X.509'),
    int32(certificate.length),
    certificate,
  ]);
  const secret = Buffer.from(password, 'utf16le').swap16();
  return Buffer.concat([
    body,
    createHash('sha1').update(secret).update('Mighty Aphrodite').update(body).digest(),
  ]);
}

function signed(folder, name, subject, extensions) {
  const at = (file) => join(folder, file);
  writeFileSync(at(`${name}.ext`), `${extensions.join('\n')}\n`);
  run('openssl', [
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    at(`${name}.key`),
    '-out',
    at(`${name}.csr`),
    '-subj',
    subject,
  ]);
  run('openssl', [
    'x509',
    '-req',
    '-in',
    at(`${name}.csr`),
    '-CA',
    at('ca.crt'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '365',
    '-sha256',
    '-extfile',
    at(`${name}.ext`),
    '-out',
    at(`${name}.crt`),
  ]);
  run('openssl', [
    'pkcs12',
    '-export',
    '-inkey',
    at(`${name}.key`),
    '-in',
    at(`${name}.crt`),
    '-certfile',
    at('ca.crt'),
    '-name',
    name,
    '-passout',
    `pass:${PASSWORD}`,
    '-out',
    at(`${name}.p12`),
  ]);
}

/**
 * Makes (once a folder) an authority and certificates for `names` (host names and addresses; localhost and 127.0.0.1).
 * Answers file names: PEM `ca`, `cert`, `key`, `clientCert`, `clientKey`; PKCS12 `serverPkcs12`, `clientPkcs12`, `truststorePkcs12`; `truststoreJks`;
 * and the `password` of all stores.
 */
export function makeCertificates(folder, names = ['DNS:localhost', 'IP:127.0.0.1']) {
  ensurePrograms(['openssl']);
  mkdirSync(folder, { recursive: true });
  const at = (file) => join(folder, file);
  const files = {
    ca: at('ca.crt'),
    cert: at('server.crt'),
    key: at('server.key'),
    clientCert: at('client.crt'),
    clientKey: at('client.key'),
    serverPkcs12: at('server.p12'),
    clientPkcs12: at('client.p12'),
    truststorePkcs12: at('truststore.p12'),
    truststoreJks: at('truststore.jks'),
    password: PASSWORD,
  };
  if (existsSync(files.truststoreJks)) return files;
  run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '365',
    '-sha256',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-subj',
    '/CN=Drey test authority',
  ]);
  signed(folder, 'server', '/CN=localhost', [
    `subjectAltName=${names.join(',')}`,
    'extendedKeyUsage=serverAuth,clientAuth',
  ]);
  signed(folder, 'client', '/CN=drey-client', ['extendedKeyUsage=clientAuth']);
  // Java marks a trusted certificate in a PKCS12 file with this attribute; openssl of Debian 12 cannot write it, readers that list certificates do not need it.
  run('openssl', [
    'pkcs12',
    '-export',
    '-nokeys',
    '-in',
    at('ca.crt'),
    '-caname',
    'ca',
    '-passout',
    `pass:${PASSWORD}`,
    '-out',
    files.truststorePkcs12,
  ]);
  writeFileSync(files.truststoreJks, jksTrustStore(readFileSync(files.ca), 'ca', PASSWORD));
  return files;
}
