package io.dotp.nat.nft;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads libnftables' JSON listing of one set or map.
 *
 * <p>Shape: {@code {"nftables": [..., {"map": {..., "elem": [E, ...]}}]}} where E is {@code [key,
 * data]} in a map and {@code key} in a set, and a key or datum is an address or {@code {"elem":
 * {"val": address, "timeout": ...}}}. Prefixes, ranges and concatenations, which only tables of
 * others have, are counted and left out.
 */
final class ElementListing {
  private static final JsonFactory JSON = new JsonFactory();

  /** What {@link #parse} gives. */
  sealed interface Result {
    /**
     * All elements.
     *
     * @param pairs of a map
     * @param keys of a set
     * @param foreign how many elements have another form or family
     */
    record Listed(Map<IpAddress, IpAddress> pairs, Set<IpAddress> keys, int foreign)
        implements Result {}

    /** Not such a listing. */
    record Malformed(String text) implements Result {}
  }

  private final TableSet set;
  private final JsonParser parser;
  private final Map<IpAddress, IpAddress> pairs = new HashMap<>();
  private final Set<IpAddress> keys = new HashSet<>();
  private int foreign;

  private ElementListing(TableSet set, JsonParser parser) {
    this.set = set;
    this.parser = parser;
  }

  static Result parse(TableSet set, String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      ElementListing listing = new ElementListing(set, parser);
      String fault = listing.readAll();
      return fault == null
          ? new Result.Listed(listing.pairs, listing.keys, listing.foreign)
          : new Result.Malformed(fault);
    } catch (IOException e) {
      return new Result.Malformed(String.valueOf(e.getMessage()));
    }
  }

  /** Null, or what is wrong. */
  private @Nullable String readAll() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT
        || !"nftables".equals(parser.nextFieldName())
        || parser.nextToken() != JsonToken.START_ARRAY) {
      return "no nftables array";
    }
    boolean found = false;
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String kind = parser.nextFieldName();
      JsonToken body = parser.nextToken();
      if (set.kind().equals(kind) && body == JsonToken.START_OBJECT) {
        readSet();
        found = true;
      } else {
        parser.skipChildren();
      }
      if (parser.nextToken() != JsonToken.END_OBJECT) {
        return "more than one field in an object of the listing";
      }
    }
    if (parser.currentToken() != JsonToken.END_ARRAY
        || parser.nextToken() != JsonToken.END_OBJECT) {
      return "the listing does not end";
    }
    return found ? null : "no " + set.kind() + " in the listing";
  }

  private void readSet() throws IOException {
    String field;
    while ((field = parser.nextFieldName()) != null) {
      JsonToken value = parser.nextToken();
      if (field.equals("elem") && value == JsonToken.START_ARRAY) {
        readElements();
      } else {
        parser.skipChildren();
      }
    }
  }

  private void readElements() throws IOException {
    JsonToken token;
    while ((token = parser.nextToken()) != JsonToken.END_ARRAY && token != null) {
      if (set.isMap()) {
        readPair(token);
      } else {
        IpAddress key = readAddress(token);
        if (key == null) {
          foreign++;
        } else {
          keys.add(key);
        }
      }
    }
  }

  private void readPair(JsonToken token) throws IOException {
    if (token != JsonToken.START_ARRAY) {
      parser.skipChildren();
      foreign++;
      return;
    }
    IpAddress key = null;
    IpAddress value = null;
    int members = 0;
    JsonToken member;
    while ((member = parser.nextToken()) != JsonToken.END_ARRAY && member != null) {
      IpAddress address = readAddress(member);
      if (members == 0) {
        key = address;
      } else {
        value = address;
      }
      members++;
    }
    if (key == null || value == null || members != 2) {
      foreign++;
    } else {
      pairs.put(key, value);
    }
  }

  /** An address of the set's family, plain or inside {@code elem}; null for anything else. */
  private @Nullable IpAddress readAddress(JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_STRING) {
      IpAddress address = IpAddress.parse(parser.getText());
      Family family = set.family();
      return address != null && address.family() == family ? address : null;
    }
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    IpAddress address = null;
    String field;
    while ((field = parser.nextFieldName()) != null) {
      JsonToken value = parser.nextToken();
      if (field.equals("elem") && value == JsonToken.START_OBJECT) {
        address = readValue();
      } else {
        parser.skipChildren();
      }
    }
    return address;
  }

  /** The {@code val} of the object that the parser has just entered; plain, never nested again. */
  private @Nullable IpAddress readValue() throws IOException {
    IpAddress address = null;
    String field;
    while ((field = parser.nextFieldName()) != null) {
      JsonToken value = parser.nextToken();
      if (field.equals("val") && value == JsonToken.VALUE_STRING) {
        address = readAddress(value);
      } else {
        parser.skipChildren();
      }
    }
    return address;
  }
}
