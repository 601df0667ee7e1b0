// What commands answer, and how it looks in RESP2 and RESP3. All text here is latin1: one character a byte, so that keys and
// values are safe whatever bytes they hold.

/** Ends a command with an error reply: its text with the code first. */
export class CommandError extends Error {}

export const SYNTAX_ERROR = 'ERR syntax error';

export class Status {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A double: text in RESP2. */
export class Double {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Pairs of keys and values, flat. */
export class MapReply {
  readonly items: readonly Out[];
  constructor(items: readonly Out[]) {
    this.items = items;
  }
}

export class SetReply {
  readonly items: readonly Out[];
  constructor(items: readonly Out[]) {
    this.items = items;
  }
}

/** Plain text for a human, which RESP3 marks as such. */
export class Verbatim {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Absent, where an array was asked for. */
export const NIL_ARRAY = Symbol('nil array');
export const OK = new Status('OK');
export const QUEUED = new Status('QUEUED');

export type Out =
  | string
  | number
  | bigint
  | null
  | Status
  | Double
  | Verbatim
  | MapReply
  | SetReply
  | CommandError
  | typeof NIL_ARRAY
  | readonly Out[];

export type Protocol = 2 | 3;

/** The reply's bytes, one a character. */
export function encodeReply(out: Out, protocol: Protocol): string {
  if (typeof out === 'string') return `$${out.length}\r\n${out}\r\n`;
  if (typeof out === 'number' || typeof out === 'bigint') return `:${out}\r\n`;
  if (out === null) return protocol === 3 ? '_\r\n' : '$-1\r\n';
  if (out === NIL_ARRAY) return protocol === 3 ? '_\r\n' : '*-1\r\n';
  if (out instanceof Status) return `+${out.text}\r\n`;
  if (out instanceof CommandError) return `-${out.message.replaceAll(/[\r\n]/g, ' ')}\r\n`;
  if (out instanceof Double) return protocol === 3 ? `,${out.text}\r\n` : encodeReply(out.text, 2);
  if (out instanceof Verbatim) {
    return protocol === 3 ? `=${out.text.length + 4}\r\ntxt:${out.text}\r\n` : encodeReply(out.text, 2);
  }
  if (out instanceof MapReply) {
    const head = protocol === 3 ? `%${out.items.length / 2}\r\n` : `*${out.items.length}\r\n`;
    return head + encodeAll(out.items, protocol);
  }
  if (out instanceof SetReply) {
    return `${protocol === 3 ? '~' : '*'}${out.items.length}\r\n${encodeAll(out.items, protocol)}`;
  }
  return `*${out.length}\r\n${encodeAll(out, protocol)}`;
}

function encodeAll(items: readonly Out[], protocol: Protocol): string {
  let text = '';
  for (const item of items) text += encodeReply(item, protocol);
  return text;
}
