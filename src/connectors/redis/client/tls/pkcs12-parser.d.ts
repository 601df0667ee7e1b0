// The one part of jks-js that has no types: its PKCS12 reader, which toPem() puts behind names that not every file has.
declare module 'jks-js/lib/keystore/PKCS12Parser.js' {
  export interface Pkcs12Bag {
    readonly type: string;
    readonly attributes: { friendlyName?: string[]; localKeyId?: string[] };
  }
  export interface PemEntry {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  }
  export default class PKCS12Parser {
    constructor(bytes: Buffer, password: string);
    /** Throws where the file is damaged or the password wrong. */
    parse(): readonly Pkcs12Bag[];
    toPem(bags: readonly Pkcs12Bag[]): Readonly<Record<string, PemEntry>>;
  }
}
