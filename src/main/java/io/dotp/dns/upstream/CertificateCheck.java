package io.dotp.dns.upstream;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Leaves the verdict on certificates to Java and puts the reason of a refusal into words that say
 * what is to be done. Thread: any.
 */
final class CertificateCheck extends X509ExtendedTrustManager {
  private static final int MOST_NAMES = 5;
  private static final int LONGEST_NAME = 100;

  /** Types of subject alternative names, RFC 5280 section 4.2.1.6. */
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;

  private final X509ExtendedTrustManager verdict;
  private final String flag;

  /**
   * @param flag that names more authorities
   */
  CertificateCheck(X509ExtendedTrustManager verdict, String flag) {
    this.verdict = verdict;
    this.flag = flag;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      verdict.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      SSLSession session = engine.getHandshakeSession();
      String wanted = session == null ? null : session.getPeerHost();
      throw new CertificateRefusal(reason(chain, wanted, e), e);
    }
  }

  private String reason(
      X509Certificate[] chain, @Nullable String wanted, CertificateException refusal) {
    for (X509Certificate each : chain) {
      String outOfDate = outOfDate(each);
      if (outOfDate != null) {
        return outOfDate;
      }
    }
    if (refusal.getCause() == null && isAboutNames(refusal)) {
      return "the certificate is for other names wanted=" + wanted + " offered=" + names(chain[0]);
    }
    X509Certificate last = chain[chain.length - 1];
    boolean selfSigned =
        chain.length == 1 && last.getSubjectX500Principal().equals(last.getIssuerX500Principal());
    String remedy = "; " + flag + " names a file with certificates to trust";
    if (selfSigned) {
      return "the certificate is self-signed subject=\"" + subject(last) + "\"" + remedy;
    }
    if (String.valueOf(refusal.getMessage()).contains("unable to find valid certification path")) {
      String issuer = printable(last.getIssuerX500Principal().getName());
      return "the certificate's issuer is unknown issuer=\"" + issuer + "\"" + remedy;
    }
    return "the certificate is not accepted reason=\""
        + printable(String.valueOf(refusal.getMessage()))
        + "\"";
  }

  private static @Nullable String outOfDate(X509Certificate certificate) {
    try {
      certificate.checkValidity();
      return null;
    } catch (CertificateExpiredException e) {
      return "the certificate has expired until="
          + day(certificate.getNotAfter())
          + " subject=\""
          + subject(certificate)
          + "\"";
    } catch (CertificateNotYetValidException e) {
      return "the certificate is not valid yet, or this clock is wrong from="
          + day(certificate.getNotBefore())
          + " subject=\""
          + subject(certificate)
          + "\"";
    }
  }

  private static String day(Date date) {
    return date.toInstant().atZone(ZoneOffset.UTC).toLocalDate().toString();
  }

  /** Java says so in words only. */
  private static boolean isAboutNames(CertificateException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return message.startsWith("No subject alternative") || message.startsWith("No name matching");
  }

  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> each : all == null ? List.<List<?>>of() : all) {
        boolean ofServer = each.get(0).equals(DNS_NAME) || each.get(0).equals(IP_ADDRESS);
        if (ofServer && names.size() < MOST_NAMES) {
          names.add(printable(String.valueOf(each.get(1))));
        }
      }
    } catch (CertificateParsingException e) {
      names.add("unreadable");
    }
    return names.isEmpty() ? List.of(subject(certificate)) : names;
  }

  private static String subject(X509Certificate certificate) {
    return printable(certificate.getSubjectX500Principal().getName());
  }

  /** Whoever answers on the port has written this; it goes to the log. */
  private static String printable(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST_NAME); i++) {
      char each = text.charAt(i);
      safe.append(each >= ' ' && each < 0x7f && each != '"' ? each : '?');
    }
    return safe.toString();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    verdict.checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    verdict.checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    verdict.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    verdict.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    verdict.checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return verdict.getAcceptedIssuers();
  }
}
