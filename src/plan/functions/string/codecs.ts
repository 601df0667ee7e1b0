// Hashes, encodings, URLs, maps out of texts.
import process from 'node:process';
import { DataError } from '../../../types/errors.ts';
import type { LogicalType } from '../../../types/logical-type.ts';
import { javaHash } from '../../../types/text/java-hash.ts';
import type { ScalarFunction } from '../../rex.ts';
import { define } from '../define.ts';
import { BIGINT_T, char, INT_T, STRING_T } from '../types.ts';
import { javaRegex } from './java-regex.ts';

/** Loaded by the first call: most jobs have none, and are to start fast. */
const crypto = () => process.getBuiltinModule('node:crypto');

function digest(algorithm: string, text: string | Uint8Array): string {
  return crypto().hash(algorithm, text, 'hex');
}

const HASHES = [
  ['MD5', 'md5', 32],
  ['SHA1', 'sha1', 40],
  ['SHA224', 'sha224', 56],
  ['SHA256', 'sha256', 64],
  ['SHA384', 'sha384', 96],
  ['SHA512', 'sha512', 128],
] as const;

function sha2(text: string, bits: number): string {
  if (![224, 256, 384, 512].includes(bits)) throw new DataError(`Unsupported algorithm: SHA-${bits}`);
  return digest(`sha${bits}`, text);
}

/** Java's charset names that Node knows under others. */
function charset(name: string): BufferEncoding | 'utf16' {
  switch (name.toUpperCase().replaceAll('_', '-')) {
    case 'UTF-8':
    case 'UTF8':
      return 'utf8';
    case 'US-ASCII':
    case 'ASCII':
    case 'ISO-8859-1':
    case 'LATIN1':
      return 'latin1';
    case 'UTF-16LE':
      return 'utf16le';
    case 'UTF-16':
    case 'UTF-16BE':
      return 'utf16';
    default:
      throw new DataError(`Unsupported encoding: ${name}`);
  }
}

function encode(text: string, name: string): Uint8Array {
  const encoding = charset(name);
  if (encoding === 'utf16') {
    const bytes = Buffer.from(name.toUpperCase() === 'UTF-16' ? `\ufeff${text}` : text, 'utf16le');
    return bytes.swap16();
  }
  if (encoding === 'latin1') {
    const limit = name.toUpperCase().includes('ASCII') ? 0x7f : 0xff;
    return Buffer.from([...text].map((c) => (c.codePointAt(0)! > limit ? '?' : c)).join(''), 'latin1');
  }
  return Buffer.from(text, encoding);
}

function decode(bytes: Uint8Array, name: string): string {
  const encoding = charset(name);
  const buffer = Buffer.from(bytes);
  if (encoding !== 'utf16') return buffer.toString(encoding);
  const text = buffer
    .subarray(0, buffer.length & ~1)
    .swap16()
    .toString('utf16le');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The parts of java.net.URL. */
const URL_PARTS =
  /^([A-Za-z][\w+.-]*):(?:\/\/(?:([^/?#@]*)@)?([^/?#:]*|\[[^\]]*\])(:\d*)?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

const PROTOCOLS = new Set(['http', 'https', 'ftp', 'file', 'jar', 'mailto']);

function parseUrl(url: string, part: string, key?: string): string | null {
  const match = URL_PARTS.exec(url.trim());
  if (match === null || !PROTOCOLS.has(match[1]!.toLowerCase())) return null;
  const [, protocol, userInfo, host = '', port = '', path = '', query, ref] = match;
  if (key !== undefined) {
    if (part !== 'QUERY' || query === undefined) return null;
    for (const pair of query.split('&')) if (pair.startsWith(`${key}=`)) return pair.slice(key.length + 1);
    return null;
  }
  const authority = `${userInfo === undefined ? '' : `${userInfo}@`}${host}${port}`;
  switch (part) {
    case 'HOST':
      return host;
    case 'PATH':
      return path;
    case 'QUERY':
      return query ?? null;
    case 'REF':
      return ref ?? null;
    case 'PROTOCOL':
      return protocol!.toLowerCase();
    case 'FILE':
      return query === undefined ? path : `${path}?${query}`;
    case 'AUTHORITY':
      return authority === '' ? null : authority;
    case 'USERINFO':
      return userInfo ?? null;
    default:
      return null;
  }
}

/** Java's String.split: parts at the end that are empty fall away. */
function javaSplit(text: string, delimiter: string, limit?: 2): string[] {
  const regex = javaRegex(delimiter);
  if (limit === 2) {
    const match = regex.exec(text);
    return match === null ? [text] : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
  }
  const parts = text.split(
    regex.source.includes('(') ? new RegExp(regex.source.replace(/\((?!\?)/g, '(?:'), regex.flags) : regex,
  );
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

function strToMap(text: string, pairs = ',', keyValue = '='): Map<string, string | null> {
  const map = new Map<string, string | null>();
  if (text === '') return map;
  for (const pair of javaSplit(text, pairs)) {
    const [key, value] = javaSplit(pair, keyValue, 2);
    if (value === undefined) map.set(pair, null);
    else map.set(key!, value);
  }
  return map;
}

/** Java's String.hashCode, made positive as Flink does. */
function hashCode(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  if (typeof value === 'number' && Number.isInteger(value)) return Math.abs(value) | 0;
  return Math.abs(javaHash(String(value))) | 0;
}

const STRING_NULLABLE: LogicalType = { ...STRING_T, nullable: true };

export const CODEC_FUNCTIONS: readonly ScalarFunction[] = [
  ...HASHES.map(([name, algorithm, length]) =>
    define({
      name,
      doc: `${name}(text): the hash in hexadecimal digits.`,
      forms: [['STRING']],
      result: char(length),
      fn: (text: string | Uint8Array) => digest(algorithm, text),
    }),
  ),
  define({
    name: 'SHA2',
    doc: 'SHA2(text, bits): the SHA-2 hash of 224, 256, 384 or 512 bits in hexadecimal digits.',
    forms: [['STRING', 'INTEGER']],
    result: { root: 'VARCHAR', length: 128, nullable: false },
    as: [null, INT_T],
    fn: sha2,
  }),
  define({
    name: 'HASH_CODE',
    doc: 'HASH_CODE(value): a hash code, 0 or greater.',
    forms: [['BOOLEAN'], ['NUMERIC'], ['STRING'], ['TIMESTAMP'], ['TIME'], ['DATE']],
    result: INT_T,
    fn: hashCode,
  }),
  define({
    name: 'UUID',
    doc: 'UUID(): a random UUID.',
    deterministic: false,
    forms: [[]],
    result: char(36),
    fn: () => crypto().randomUUID(),
  }),
  define({
    name: 'TO_BASE64',
    doc: 'TO_BASE64(text): in Base64.',
    forms: [['STRING']],
    result: STRING_T,
    fn: (text: string | Uint8Array) =>
      (typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(text)).toString('base64'),
  }),
  define({
    name: 'FROM_BASE64',
    doc: 'FROM_BASE64(text): the text that was encoded in Base64.',
    forms: [['STRING']],
    result: STRING_T,
    fn: (text: string) => Buffer.from(text, 'base64').toString('utf8'),
  }),
  define({
    name: 'ENCODE',
    doc: 'ENCODE(text, charset): as bytes.',
    forms: [['STRING', 'STRING']],
    result: { root: 'BINARY', length: 1, nullable: true },
    nulls: 'always',
    fn: encode,
  }),
  define({
    name: 'DECODE',
    doc: 'DECODE(bytes, charset): as text.',
    forms: [['BINARY', 'STRING']],
    result: STRING_NULLABLE,
    nulls: 'always',
    fn: decode,
  }),
  define({
    name: 'HEX',
    doc: 'HEX(integer | text): in hexadecimal digits.',
    forms: [['INTEGER'], ['STRING']],
    result: STRING_T,
    fn: (value: number | bigint | string | Uint8Array) =>
      typeof value === 'number' || typeof value === 'bigint'
        ? BigInt.asUintN(64, BigInt(value)).toString(16).toUpperCase()
        : Buffer.from(value as string)
            .toString('hex')
            .toUpperCase(),
  }),
  define({
    name: 'BIN',
    doc: 'BIN(integer): in binary digits.',
    forms: [['INTEGER']],
    result: STRING_T,
    as: [BIGINT_T],
    fn: (value: bigint) => BigInt.asUintN(64, value).toString(2),
  }),
  define({
    name: 'PARSE_URL',
    doc: 'PARSE_URL(url, part [, key]): HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; with QUERY the value of a key.',
    forms: [
      ['STRING', 'STRING'],
      ['STRING', 'STRING', 'STRING'],
    ],
    result: STRING_T,
    nulls: 'always',
    fn: parseUrl,
  }),
  define({
    name: 'STR_TO_MAP',
    doc: "STR_TO_MAP(text [, pairs, keyValue]): a map out of 'k=v,k=v'; the delimiters are regular expressions.",
    forms: [['STRING'], ['STRING', 'STRING', 'STRING']],
    result: { root: 'MAP', key: STRING_NULLABLE, value: STRING_NULLABLE, nullable: true },
    nulls: 'always',
    fn: strToMap,
  }),
];
