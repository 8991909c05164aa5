package io.dotp.lists;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes geosite files; types of domains are 0 keyword, 1 expression, 2 suffix, 3 exact. */
final class GeositeFile {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  GeositeFile category(String name, byte[]... domains) {
    ByteArrayOutputStream site = new ByteArrayOutputStream();
    field(site, 1, name.getBytes(StandardCharsets.UTF_8));
    for (byte[] domain : domains) {
      field(site, 2, domain);
    }
    field(out, 1, site.toByteArray());
    return this;
  }

  static byte[] domain(int type, String value, String... attributes) {
    ByteArrayOutputStream domain = new ByteArrayOutputStream();
    if (type != 0) {
      // A field with its default value is not written.
      domain.write(1 << 3);
      varint(domain, type);
    }
    field(domain, 2, value.getBytes(StandardCharsets.UTF_8));
    for (String attribute : attributes) {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      field(message, 1, attribute.getBytes(StandardCharsets.UTF_8));
      message.write(2 << 3);
      varint(message, 1);
      field(domain, 3, message.toByteArray());
    }
    return domain.toByteArray();
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  static void field(ByteArrayOutputStream out, int number, byte[] content) {
    varint(out, number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int left = value;
    while (left >= 0x80) {
      out.write(left & 0x7f | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }
}
