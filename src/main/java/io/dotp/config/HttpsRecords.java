package io.dotp.config;

/** What becomes of HTTPS and SVCB records of steered names (RFC 9460). */
public enum HttpsRecords {
  /** Their address hints become fakes. */
  REWRITE,
  /** Their address hints go. */
  STRIP_HINTS,
  /** They go: the answer is NODATA. */
  NODATA,
  /** They stay as they are, real addresses included. */
  PASS
}
