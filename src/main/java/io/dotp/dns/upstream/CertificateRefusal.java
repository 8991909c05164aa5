package io.dotp.dns.upstream;

import java.security.cert.CertificateException;

/** A certificate is not accepted; the message says why in words for people. */
final class CertificateRefusal extends CertificateException {
  CertificateRefusal(String message, CertificateException cause) {
    super(message, cause);
  }
}
