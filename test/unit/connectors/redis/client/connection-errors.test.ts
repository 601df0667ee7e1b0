import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../../../../src/connectors/redis/client/back-off.ts';
import { isReadCommand, keysOfCommand } from '../../../../../src/connectors/redis/client/command-keys.ts';
import {
  cannotReach,
  handshakeRefused,
  isPassing,
} from '../../../../../src/connectors/redis/client/connection-errors.ts';
import { tcpEndpoint } from '../../../../../src/connectors/redis/client/endpoint.ts';
import { RedisReplyError } from '../../../../../src/connectors/redis/client/port.ts';

describe('errors of a connection', () => {
  it('say what the system means', () => {
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(cannotReach('localhost:1', refused).message).toBe(
      'Cannot connect to Redis at localhost:1: connection refused (ECONNREFUSED)',
    );
    expect(cannotReach('h:1', new Error('odd')).message).toBe('Cannot connect to Redis at h:1: odd');
  });

  it.each([
    ['NOAUTH Authentication required.', 'CLIENT', false],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'AUTH', false],
    ['ERR invalid password', 'AUTH', false],
    ['ERR invalid DB index', 'SELECT', false],
    ["NOPERM this user has no permissions to run the 'select' command", 'SELECT', false],
    ['DENIED Redis is running in protected mode', 'CLIENT', false],
    ['ERR max number of clients reached', 'AUTH', true],
    ['BUSY Redis is busy running a script', 'CLIENT', true],
  ])('%s (%s): worth another attempt: %s', (message, command, retryable) => {
    const error = handshakeRefused('h:1', new RedisReplyError(message), command, 3);
    expect(error.retryable).toBe(retryable);
    expect(error.message).toContain(message);
  });

  it.each([
    ["ERR unknown command 'AUTH', with args beginning with: 'joe' 'geheim' ", 'AUTH'],
    ['ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `joe`, `geheim`', 'HELLO'],
    ["NOPERM User joe has no permissions to run the 'select' command", 'SELECT'],
  ])('do not repeat what the server repeats of the login: %s', (message, command) => {
    const { message: text } = handshakeRefused('h:1', new RedisReplyError(message), command, 3);
    expect(text).not.toMatch(/joe|geheim/);
    expect(text).toContain(command.toLowerCase() === 'select' ? "run the 'select' command" : command);
  });

  it('tell what passes from what does not', () => {
    for (const code of ['LOADING', 'READONLY', 'TRYAGAIN', 'CLUSTERDOWN', 'MASTERDOWN', 'NOREPLICAS']) {
      expect(isPassing(new RedisReplyError(`${code} words`))).toBe(true);
    }
    for (const code of ['WRONGTYPE', 'OOM', 'NOAUTH', 'MOVED', 'ERR']) {
      expect(isPassing(new RedisReplyError(`${code} words`))).toBe(false);
    }
  });
});

describe('what a command touches', () => {
  it.each([
    ['SET k v', ['k']],
    ['hset h f v', ['h']],
    ['DEL a b', ['a', 'b']],
    ['MSET a 1 b 2', ['a', 'b']],
    ['RENAME a b', ['a', 'b']],
    ['PING', []],
    ['EVAL script 1 k', null],
    ['FLUSHALL', null],
  ])('%s', (line, keys) => {
    expect(keysOfCommand(line.split(' '))).toEqual(keys);
  });

  it('knows reads', () => {
    expect(['GET', 'hmget', 'SCAN', 'MGET'].every(isReadCommand)).toBe(true);
    expect(['SET', 'GETDEL', 'GETEX', 'EVAL', 'LPOP', 'WATCH', 'MULTI'].some(isReadCommand)).toBe(false);
  });
});

it('waits longer from attempt to attempt, up to a limit', () => {
  const waits = Array.from({ length: 12 }, (_, attempt) => backOffMs(attempt, () => 0.5));
  expect(waits.slice(0, 4)).toEqual([20, 40, 80, 160]);
  expect(waits.at(-1)).toBe(2000);
  expect([backOffMs(0, () => 0), backOffMs(0, () => 1)]).toEqual([15, 25]);
});

it('writes an address of IPv6 so that the port can be told', () => {
  expect([tcpEndpoint('::1', 1, 1).label, tcpEndpoint('h', 1, 1).label]).toEqual(['[::1]:1', 'h:1']);
});
