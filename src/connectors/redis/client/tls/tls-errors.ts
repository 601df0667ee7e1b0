// Why a TLS connection was refused, in words that say whose certificate it is about and which option to look at.

const CA = "(option 'cacert.filepath')";
const OWN = "(options 'tls.keystore.filepath', or 'tls.cert.filepath' and 'tls.key.filepath')";
const WRONG_AUTHORITY = `the server's certificate was not signed by the trusted authority ${CA}`;

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet",
  CERT_REVOKED: "the server's certificate was revoked",
  CERT_UNTRUSTED: WRONG_AUTHORITY,
  CERT_SIGNATURE_FAILURE: WRONG_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: `${WRONG_AUTHORITY}: it is signed by itself`,
  SELF_SIGNED_CERT_IN_CHAIN: WRONG_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: WRONG_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: WRONG_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: WRONG_AUTHORITY,
  INVALID_CA: `a certificate is used as an authority, and is none ${CA}`,
  INVALID_PURPOSE: "the server's certificate is not meant for servers",
  ERR_SSL_WRONG_VERSION_NUMBER: `the server does not speak TLS on this port ${CA}`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: `the server does not speak TLS on this port ${CA}`,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: `the server asks for a client certificate ${OWN}`,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: `the server refused the TLS handshake; it may ask for a client certificate ${OWN}`,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: `the server does not trust the client certificate's authority ${OWN}`,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: `the server does not accept the client certificate ${OWN}`,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: `the client certificate has expired ${OWN}`,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the server and this client have no TLS version in common',
};

/** The words for a TLS failure, with its code; undefined when it is none, or one without better words than its own. */
export function tlsReason(error: Error): string | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined) return undefined;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { reason } = error as Error & { reason?: string };
    return `the server's certificate is for another name (option 'tls.server-name'): ${reason ?? error.message} (${code})`;
  }
  // OpenSSL 3 says SSL/TLS where older versions said SSLV3 or TLSV1.
  const words =
    REASONS[code] ?? REASONS[code.replace('SSL/TLS', 'SSLV3')] ?? REASONS[code.replace('SSL/TLS', 'TLSV1')];
  return words === undefined ? undefined : `${words} (${code})`;
}

/** A failure that another attempt will not change. */
export function isCertificateProblem(error: Error): boolean {
  return tlsReason(error) !== undefined;
}
