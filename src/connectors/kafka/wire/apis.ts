// The requests that Drey sends, in versions that Kafka 2.1 to 4.x speak, none of them "flexible": plain structs only.
// https://kafka.apache.org/protocol#protocol_api_keys
import { throwIfError } from './broker-errors.ts';
import type { ByteReader } from './byte-reader.ts';

export interface Api {
  readonly name: string;
  readonly key: number;
  /** Oldest and newest version that we can write and read. */
  readonly min: number;
  readonly max: number;
}

export const PRODUCE: Api = { name: 'Produce', key: 0, min: 7, max: 7 };
export const FETCH: Api = { name: 'Fetch', key: 1, min: 10, max: 11 };
export const LIST_OFFSETS: Api = { name: 'ListOffsets', key: 2, min: 4, max: 4 };
export const METADATA: Api = { name: 'Metadata', key: 3, min: 7, max: 7 };
export const OFFSET_COMMIT: Api = { name: 'OffsetCommit', key: 8, min: 6, max: 6 };
export const OFFSET_FETCH: Api = { name: 'OffsetFetch', key: 9, min: 5, max: 5 };
export const FIND_COORDINATOR: Api = { name: 'FindCoordinator', key: 10, min: 1, max: 1 };
export const SASL_HANDSHAKE: Api = { name: 'SaslHandshake', key: 17, min: 1, max: 1 };
export const API_VERSIONS: Api = { name: 'ApiVersions', key: 18, min: 0, max: 0 };
export const INIT_PRODUCER_ID: Api = { name: 'InitProducerId', key: 22, min: 0, max: 1 };
export const SASL_AUTHENTICATE: Api = { name: 'SaslAuthenticate', key: 36, min: 0, max: 1 };

/** API key → oldest and newest version. */
export function parseApiVersions(reader: ByteReader): ReadonlyMap<number, readonly [number, number]> {
  throwIfError(reader.int16(), 'Asking for API versions');
  const versions = new Map<number, readonly [number, number]>();
  reader.array((r) => versions.set(r.int16(), [r.int16(), r.int16()]));
  return versions;
}
