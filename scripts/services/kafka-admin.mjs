// Three requests of Kafka's protocol, enough to prepare topics without a client library.
import { connect } from 'node:net';
import { HOST, until } from './process.mjs';

const METADATA = 3;
const CREATE_TOPICS = 19;
const DELETE_TOPICS = 20;
const TOPIC_ALREADY_EXISTS = 36;
const UNKNOWN_TOPIC = 3;

class Writer {
  #parts = [];
  int8(value) {
    const part = Buffer.alloc(1);
    part.writeInt8(value);
    this.#parts.push(part);
    return this;
  }
  int16(value) {
    const part = Buffer.alloc(2);
    part.writeInt16BE(value);
    this.#parts.push(part);
    return this;
  }
  int32(value) {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    this.#parts.push(part);
    return this;
  }
  string(value) {
    const bytes = Buffer.from(value);
    this.int16(bytes.length);
    this.#parts.push(bytes);
    return this;
  }
  bytes() {
    return Buffer.concat(this.#parts);
  }
}

class Reader {
  #at = 0;
  constructor(bytes) {
    this.bytes = bytes;
  }
  int8() {
    return this.bytes.readInt8(this.#at++);
  }
  int16() {
    this.#at += 2;
    return this.bytes.readInt16BE(this.#at - 2);
  }
  int32() {
    this.#at += 4;
    return this.bytes.readInt32BE(this.#at - 4);
  }
  string() {
    const length = this.int16();
    if (length < 0) return null;
    this.#at += length;
    return this.bytes.toString('utf8', this.#at - length, this.#at);
  }
}

function ask(port, apiKey, version, body, limitMs = 30_000) {
  const header = new Writer().int16(apiKey).int16(version).int32(1).string('drey-services').bytes();
  const request = Buffer.concat([new Writer().int32(header.length + body.length).bytes(), header, body]);
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = connect({ port, host: HOST }, () => socket.write(request));
    const fail = (error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(limitMs, () =>
      fail(new Error(`Kafka on port ${port} did not answer within ${limitMs} ms`)),
    );
    socket.once('error', fail);
    socket.once('end', () =>
      fail(new Error(`Kafka on port ${port} closed the connection without an answer`)),
    );
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (bytes.length < 4 || bytes.length < 4 + bytes.readInt32BE(0)) return;
      socket.destroy();
      resolve(new Reader(bytes.subarray(8)));
    });
  });
}

async function leadersReady(port, topic, partitions) {
  const body = new Writer().int32(1).string(topic).int8(0).bytes();
  const reply = await ask(port, METADATA, 4, body);
  reply.int32();
  for (let left = reply.int32(); left > 0; left--) {
    reply.int32();
    reply.string();
    reply.int32();
    reply.string();
  }
  reply.string();
  reply.int32();
  reply.int32();
  if (reply.int16() !== 0) return false;
  reply.string();
  reply.int8();
  let led = 0;
  for (let left = reply.int32(); left > 0; left--) {
    const error = reply.int16();
    reply.int32();
    const leader = reply.int32();
    if (error === 0 && leader >= 0) led++;
    for (let lists = 0; lists < 2; lists++) for (let ids = reply.int32(); ids > 0; ids--) reply.int32();
  }
  return led === partitions;
}

/** Creates a topic and waits until every partition has a leader. `config`: topic settings such as `{ 'retention.ms': '1000' }`. */
export async function createTopic(port, topic, partitions = 1, config = {}) {
  const body = new Writer().int32(1).string(topic).int32(partitions).int16(1).int32(0);
  const settings = Object.entries(config);
  body.int32(settings.length);
  for (const [name, value] of settings) body.string(name).string(String(value));
  body.int32(20_000).int8(0);
  const reply = await ask(port, CREATE_TOPICS, 2, body.bytes());
  reply.int32();
  reply.int32();
  reply.string();
  const error = reply.int16();
  const text = reply.string();
  if (error === TOPIC_ALREADY_EXISTS) throw new Error(`Kafka topic '${topic}' exists already`);
  if (error !== 0) throw new Error(`Kafka refused to create topic '${topic}': error ${error}, ${text}`);
  if (!(await until(() => leadersReady(port, topic, partitions), 20_000))) {
    throw new Error(`Kafka topic '${topic}' has no leaders after 20 s`);
  }
}

export async function deleteTopic(port, topic) {
  const reply = await ask(port, DELETE_TOPICS, 1, new Writer().int32(1).string(topic).int32(20_000).bytes());
  reply.int32();
  reply.int32();
  reply.string();
  const error = reply.int16();
  if (error !== 0 && error !== UNKNOWN_TOPIC)
    throw new Error(`Kafka refused to delete topic '${topic}': error ${error}`);
}
