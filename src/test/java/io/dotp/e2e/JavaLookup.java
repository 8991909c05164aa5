package io.dotp.e2e;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A program that resolves names the way that Java programs do, and prints their addresses. */
final class JavaLookup {
  private JavaLookup() {}

  public static void main(String[] arguments) throws UnknownHostException {
    for (String name : arguments) {
      for (InetAddress address : InetAddress.getAllByName(name)) {
        String text = address.getHostAddress();
        // As everybody else writes it (RFC 5952), near enough for a comparison.
        System.out.println(text.replaceAll("\\b0+(?=[0-9a-f])", ""));
      }
    }
  }
}
