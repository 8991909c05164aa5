package io.dotp.lists;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One category of a geosite file; the others are passed over without being held in memory. Thread:
 * one.
 *
 * <p>Source: the messages GeoSiteList, GeoSite and Domain of v2ray-core.
 */
final class GeositeReader {
  private static final int MAX_CATEGORY = 1 << 10;
  private static final int MAX_DOMAIN = 1 << 14;

  /** Values of {@code Domain.Type}. */
  private static final int KEYWORD = 0;

  private static final int REGEXP = 1;
  private static final int SUFFIX = 2;
  private static final int EXACT = 3;

  private final RuleCollector rules;
  private final String category;
  private final AttributeFilter filter;

  GeositeReader(RuleCollector rules, String category, AttributeFilter filter) {
    this.rules = rules;
    this.category = category.toUpperCase(Locale.ROOT);
    this.filter = filter;
  }

  /** Reads a GeoSiteList, whose field 1 are the categories. */
  void read(InputStream stream) throws IOException {
    ProtobufInput in = new ProtobufInput(new BufferedInputStream(stream, 1 << 16));
    int categories = 0;
    boolean found = false;
    for (long tag = in.tag(); tag >= 0 && !rules.isRefused(); tag = in.tag()) {
      if (tag == (1 << 3 | ProtobufInput.LENGTH_DELIMITED)) {
        categories++;
        found |= readCategory(in, in.varint());
      } else {
        in.skip(tag);
      }
    }
    if (!found) {
      rules.refuse("no category " + category + " among " + categories);
    }
  }

  /** Reads a GeoSite: 1 is the name of the category, which writers put first, 2 are the domains. */
  private boolean readCategory(ProtobufInput in, long length) throws IOException {
    long end = in.position() + length;
    boolean mine = false;
    while (in.position() < end && !rules.isRefused()) {
      long tag = in.tag();
      if (tag == (1 << 3 | ProtobufInput.LENGTH_DELIMITED)) {
        mine = name(in).equalsIgnoreCase(category);
        if (!mine) {
          in.skipBytes(end - in.position());
        }
      } else if (tag == (2 << 3 | ProtobufInput.LENGTH_DELIMITED) && mine) {
        readDomain(in.bytes(in.varint(), MAX_DOMAIN));
      } else if (tag == (2 << 3 | ProtobufInput.LENGTH_DELIMITED)) {
        throw new IOException("a category whose name does not come first, at " + in.position());
      } else if (tag < 0) {
        throw in.ended();
      } else {
        in.skip(tag);
      }
    }
    if (in.position() != end && !rules.isRefused()) {
      throw in.malformed();
    }
    return mine;
  }

  private static String name(ProtobufInput in) throws IOException {
    return new String(in.bytes(in.varint(), MAX_CATEGORY), StandardCharsets.UTF_8);
  }

  /** Reads a Domain: 1 is its type, 2 its value, 3 are its attributes. */
  private void readDomain(byte[] message) throws IOException {
    ProtobufInput in = new ProtobufInput(new ByteArrayInputStream(message));
    long type = KEYWORD;
    byte[] value = {};
    List<String> attributes = new ArrayList<>();
    for (long tag = in.tag(); tag >= 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtobufInput.VARINT)) {
        type = in.varint();
      } else if (tag == (2 << 3 | ProtobufInput.LENGTH_DELIMITED)) {
        value = in.bytes(in.varint(), MAX_DOMAIN);
      } else if (tag == (3 << 3 | ProtobufInput.LENGTH_DELIMITED)) {
        attributes.add(key(in.bytes(in.varint(), MAX_DOMAIN)));
      } else {
        in.skip(tag);
      }
    }
    rules.nextEntry();
    if (filter.admits(attributes)) {
      addRule(type, value);
    } else {
      rules.leftOut();
    }
    rules.endLine();
  }

  /** Reads a Domain.Attribute: 1 is its key; its value says nothing to us. */
  private static String key(byte[] message) throws IOException {
    ProtobufInput in = new ProtobufInput(new ByteArrayInputStream(message));
    String key = "";
    for (long tag = in.tag(); tag >= 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtobufInput.LENGTH_DELIMITED)) {
        key = name(in).toLowerCase(Locale.ROOT);
      } else {
        in.skip(tag);
      }
    }
    return key;
  }

  private void addRule(long type, byte[] value) {
    if (type == SUFFIX) {
      rules.suffix(value, 0, value.length);
    } else if (type == EXACT) {
      rules.exact(value, 0, value.length);
    } else if (type == KEYWORD) {
      rules.keyword(new String(value, StandardCharsets.UTF_8));
    } else if (type == REGEXP) {
      rules.regexp(new String(value, StandardCharsets.UTF_8));
    } else {
      rules.mistake("a rule of the unknown type " + type);
    }
  }
}
