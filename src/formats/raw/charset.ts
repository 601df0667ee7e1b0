// Java's charset names on top of what Node encodes and decodes.
import { raw } from '../../types/raw-buffer.ts';

export interface Charset {
  decode(bytes: Buffer, start: number, end: number): string;
  encode(text: string): Buffer;
}

const utf8: Charset = {
  decode: (bytes, start, end) => raw(bytes).utf8Slice(start, end),
  encode: (text) => Buffer.from(text, 'utf8'),
};

const latin1: Charset = {
  decode: (bytes, start, end) => raw(bytes).latin1Slice(start, end),
  encode: (text) => singleByte(text, 0xff),
};

const ascii: Charset = {
  decode(bytes, start, end) {
    const text = raw(bytes).latin1Slice(start, end);
    return text.replace(/\P{ASCII}/gu, '\ufffd');
  },
  encode: (text) => singleByte(text, 0x7f),
};

/** Characters beyond `last` become `?`, as Java's encoders do. */
function singleByte(text: string, last: number): Buffer {
  let encodable = '';
  for (const char of text) encodable += char.codePointAt(0)! > last ? '?' : char;
  return Buffer.from(encodable, 'latin1');
}

function utf16(bigEndian: boolean, mark: boolean): Charset {
  return {
    decode(bytes, start, end) {
      const copy = Buffer.from(bytes.subarray(start, end));
      const first = copy.length >= 2 && mark ? copy.readUInt16BE(0) : 0;
      const big = first === 0xfeff || (first !== 0xfffe && bigEndian);
      const body = first === 0xfeff || first === 0xfffe ? copy.subarray(2) : copy;
      const even = body.subarray(0, body.length - (body.length % 2));
      return (big ? even.swap16() : even).toString('utf16le');
    },
    encode(text) {
      const bytes = Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le');
      return bigEndian ? bytes.swap16() : bytes;
    },
  };
}

const CHARSETS: Readonly<Record<string, Charset>> = {
  utf8,
  iso88591: latin1,
  latin1,
  usascii: ascii,
  ascii,
  utf16: utf16(true, true),
  utf16be: utf16(true, false),
  utf16le: utf16(false, false),
};

/** @throws Error with the names that are known */
export function charsetOf(name: string): Charset {
  const charset = CHARSETS[name.toLowerCase().replace(/[-_]/g, '')];
  if (charset !== undefined) return charset;
  throw new Error(
    `Unsupported charset name: '${name}'. Supported: UTF-8, UTF-16, UTF-16BE, UTF-16LE, ISO-8859-1, US-ASCII.`,
  );
}
