import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandBatch } from '../../../../../src/connectors/redis/client/command-batch.ts';
import type { EncodedText } from '../../../../../src/types/encoded-text.ts';
import { encodedText } from '../../../../support/encoded-texts.ts';

/** The plain encoder that the fast one must equal. */
function encode(commands: readonly (readonly (string | number | Uint8Array)[])[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const command of commands) {
    parts.push(Buffer.from(`*${command.length}\r\n`));
    for (const arg of command) {
      const bytes = arg instanceof Uint8Array ? arg : Buffer.from(String(arg), 'utf8');
      parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
    }
  }
  return Buffer.concat(parts);
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 })
    .map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom(
    '',
    'a'.repeat(48),
    'a'.repeat(49),
    '\ud800',
    '\udc00x',
    `${'a'.repeat(60)}\ud83d`,
    'ä'.repeat(48),
    '😀'.repeat(24),
  ),
);
const anyCommand = fc.array(
  fc.oneof(
    anyText,
    fc.uint8Array(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e15, min: -1e15 }),
  ),
  {
    minLength: 1,
    maxLength: 14,
  },
);

describe('CommandBatch', () => {
  it('encodes texts that are bytes as it does strings', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { minLength: 4, maxLength: 4 }),
        (words) => {
          const [a, b, c, d] = words.map(encodedText) as [EncodedText, EncodedText, EncodedText, EncodedText];
          const batch = new CommandBatch(1);
          batch.add2('DEL', a);
          batch.add3('SET', a, b);
          batch.add4('HSET', a, b, c);
          batch.add5('SET', a, b, c, d);
          batch.begin(2, 'GET');
          batch.arg(a);
          const commands = [
            ['DEL', words[0]!],
            ['SET', ...words.slice(0, 2)],
            ['HSET', ...words.slice(0, 3)],
            ['SET', ...words],
            ['GET', words[0]!],
          ];
          expect(batch.bytes().equals(encode(commands))).toBe(true);
        },
      ),
    );
  });

  it('encodes any command as the plain encoder does', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 8 }), (commands) => {
        const batch = new CommandBatch(1);
        for (const command of commands) batch.add(command);
        expect(batch.bytes().equals(encode(commands))).toBe(true);
        expect(batch.count).toBe(commands.length);
        expect(batch.byteLength).toBe(encode(commands).length);
        commands.forEach((command, i) => {
          expect(batch.bytes(i, i + 1).equals(encode([command]))).toBe(true);
        });
      }),
    );
  });

  it('has the same bytes whichever appender is used', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (words) => {
        const [name = '', a = '', b = '', c = '', d = ''] = words;
        const fixed = new CommandBatch();
        if (words.length === 1) fixed.add1(name);
        if (words.length === 2) fixed.add2(name, a);
        if (words.length === 3) fixed.add3(name, a, b);
        if (words.length === 4) fixed.add4(name, a, b, c);
        if (words.length === 5) fixed.add5(name, a, b, c, d);
        const stepwise = new CommandBatch();
        stepwise.begin(words.length, name);
        for (const word of words.slice(1)) stepwise.arg(word);
        expect(fixed.bytes().equals(encode([words]))).toBe(true);
        expect(stepwise.bytes().equals(encode([words]))).toBe(true);
        expect(fixed.count).toBe(1);
        expect(stepwise.count).toBe(1);
      }),
    );
  });

  it('begins every command rightly, whatever came before it', () => {
    const name = fc.constantFrom('SET', 'DEL', 'HSET', 'GET', 'X');
    const step = fc.record({
      kind: fc.constantFrom('fixed', 'stepwise', 'words', 'reset', 'cut', 'refused'),
      name,
      words: fc.array(
        fc.constantFrom('a', 'ß', 'x'.repeat(300), encodedText('b'), encodedText('y'.repeat(500))),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const batch = new CommandBatch(1);
        const commands: string[][] = [];
        for (const { kind, name, words } of steps) {
          const [a, b, c] = words;
          const command = [name, ...words.map(String)];
          if (kind === 'reset') {
            batch.reset();
            commands.length = 0;
          } else if (kind === 'cut') {
            commands.pop();
            batch.begin(words.length + 2, name);
            batch.truncate(commands.length);
          } else if (kind === 'refused') {
            expect(() => batch.add([name, Number.NaN])).toThrow('cannot be sent');
          } else {
            commands.push(command);
            if (kind === 'words') batch.add(command);
            else if (kind === 'stepwise') {
              batch.begin(command.length, name);
              for (const word of words) batch.arg(word);
            } else if (c !== undefined) batch.add4(name, a!, b!, c);
            else if (b !== undefined) batch.add3(name, a!, b);
            else batch.add2(name, a!);
          }
        }
        expect(batch.bytes().equals(encode(commands))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('decodes its commands', () => {
    const batch = new CommandBatch();
    batch.add(['SET', 'schlüssel', '\r\n$3\r\n', 7]);
    batch.add2('GET', '');
    expect(batch.commandAt(0)).toEqual(['SET', 'schlüssel', '\r\n$3\r\n', '7']);
    expect(batch.commandAt(1)).toEqual(['GET', '']);
    expect(() => batch.commandAt(2)).toThrow('no command 2 in a batch of 2');
  });

  it('is used again after reset, and truncate undoes', () => {
    const batch = new CommandBatch();
    for (let i = 0; i < 1000; i++) batch.add3('SET', `key:${i}`, 'x'.repeat(i));
    batch.reset();
    expect([batch.count, batch.byteLength, batch.bytes().length]).toEqual([0, 0, 0]);
    batch.add2('GET', 'a');
    batch.begin(3, 'SET');
    batch.arg('b');
    batch.truncate(1);
    batch.add2('GET', 'c');
    expect(
      batch.bytes().equals(
        encode([
          ['GET', 'a'],
          ['GET', 'c'],
        ]),
      ),
    ).toBe(true);
  });

  it('appends a part of another batch', () => {
    const from = new CommandBatch();
    for (const key of ['a', 'b', 'c', 'd']) from.add2('GET', key);
    const to = new CommandBatch(1);
    to.add1('PING');
    to.append(from, 1, 3);
    expect([0, 1, 2].map((i) => to.commandAt(i))).toEqual([['PING'], ['GET', 'b'], ['GET', 'c']]);
  });

  it('refuses what would corrupt the stream', () => {
    const batch = new CommandBatch();
    expect(() => batch.add([])).toThrow('a command needs a name');
    expect(() => batch.add(['INCRBY', 'k', 2 ** 53])).toThrow('pass a string');
    expect(() => batch.add(['ZADD', 'k', Number.NaN, 'm'])).toThrow('pass a string');
    batch.add1('PING');
    expect(batch.bytes().equals(encode([['PING']]))).toBe(true);
    expect(() => batch.arg('x')).toThrow('without begin');
    batch.begin(3, 'SET');
    expect(() => batch.add1('PING')).toThrow('lacks 2 arguments');
  });
});
