package io.dotp.dns.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;

/** An authority of its own, and server certificates of it, all made when a test asks for them. */
public final class TestPki {
  private static final String PASSWORD = "changeit";

  private final Path directory;
  private final Path authority;

  public TestPki(Path directory) throws Exception {
    this(directory, "Test authority");
  }

  TestPki(Path directory, String name) throws Exception {
    this.directory = directory;
    this.authority = directory.resolve("ca.p12");
    keytool("-genkeypair", "-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c");
    keytool("-exportcert", "-rfc", "-alias", "ca", "-file", caFile().toString());
  }

  /** What a client has to trust. */
  public Path caFile() {
    return directory.resolve("ca.pem");
  }

  /** A certificate of the authority that is valid now. */
  public KeyManagerFactory server(String names) throws Exception {
    return server(names, "-1d", 30);
  }

  /**
   * @param names as in {@code dns:a.example,ip:127.0.0.1}
   * @param start as keytool reads it, relative to now
   */
  KeyManagerFactory server(String names, String start, int days) throws Exception {
    String alias = "server" + System.nanoTime();
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-signer",
        "ca",
        "-dname",
        "CN=server",
        "-ext",
        "san=" + names,
        "-startdate",
        start,
        "-validity",
        Integer.toString(days));
    return keys(alias);
  }

  /** Key and certificate of a server as PEM files, for programs that want them so. */
  record PemFiles(Path key, Path certificate) {}

  PemFiles serverPem(String names) throws Exception {
    String alias = "pem" + System.nanoTime();
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-signer",
        "ca",
        "-dname",
        "CN=server",
        "-ext",
        "san=" + names,
        "-startdate",
        "-1d",
        "-validity",
        "30");
    KeyStore all = load();
    Path key = directory.resolve(alias + ".key");
    Path certificate = directory.resolve(alias + ".pem");
    Files.writeString(
        key, pem("PRIVATE KEY", all.getKey(alias, PASSWORD.toCharArray()).getEncoded()));
    Files.writeString(certificate, pem("CERTIFICATE", all.getCertificate(alias).getEncoded()));
    return new PemFiles(key, certificate);
  }

  private static String pem(String kind, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }

  private KeyStore load() throws GeneralSecurityException, IOException {
    KeyStore all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(authority)) {
      all.load(in, PASSWORD.toCharArray());
    }
    return all;
  }

  /** A certificate that nobody but itself has signed. */
  KeyManagerFactory selfSigned(String names) throws Exception {
    String alias = "self" + System.nanoTime();
    keytool("-genkeypair", "-alias", alias, "-dname", "CN=alone", "-ext", "san=" + names);
    return keys(alias);
  }

  private void keytool(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(words));
    command.addAll(List.of("-keystore", authority.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD));
    if (words[0].equals("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] said = process.getInputStream().readAllBytes();
    if (process.waitFor() != 0) {
      throw new IOException(new String(said, StandardCharsets.UTF_8));
    }
  }

  /** Keys of this server alone: a key manager would choose among all that it is given. */
  private KeyManagerFactory keys(String alias) throws GeneralSecurityException, IOException {
    KeyStore all = load();
    KeyStore one = KeyStore.getInstance("PKCS12");
    one.load(null, null);
    one.setKeyEntry(
        "server",
        all.getKey(alias, PASSWORD.toCharArray()),
        PASSWORD.toCharArray(),
        all.getCertificateChain(alias));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(one, PASSWORD.toCharArray());
    return factory;
  }
}
