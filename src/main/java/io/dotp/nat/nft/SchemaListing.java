package io.dotp.nat.nft;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the declarations of one table's sets and maps out of a terse JSON listing of all tables.
 *
 * <p>A type is {@code "ipv4_addr"}, a list of those for a concatenation, or, from newer versions,
 * {@code {"typeof": {"payload": {"protocol": "ip", "field": "daddr"}}}}.
 */
final class SchemaListing {
  private static final JsonFactory JSON = new JsonFactory();

  /** What {@link #parse} gives. */
  sealed interface Result {
    /** The declarations by the sets' names. */
    record Listed(Map<String, SetShape> shapes) implements Result {}

    /** Not such a listing. */
    record Malformed(String text) implements Result {}
  }

  private final JsonParser parser;
  private final String table;
  private final Map<String, SetShape> shapes = new HashMap<>();

  private SchemaListing(JsonParser parser, String table) {
    this.parser = parser;
    this.table = table;
  }

  /**
   * @param table whose sets are wanted; all listed ones are of one family
   */
  static Result parse(String json, String table) {
    try (JsonParser parser = JSON.createParser(json)) {
      SchemaListing listing = new SchemaListing(parser, table);
      return listing.readAll()
          ? new Result.Listed(listing.shapes)
          : new Result.Malformed("no nftables array");
    } catch (IOException e) {
      return new Result.Malformed(String.valueOf(e.getMessage()));
    }
  }

  private boolean readAll() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT
        || !"nftables".equals(parser.nextFieldName())
        || parser.nextToken() != JsonToken.START_ARRAY) {
      return false;
    }
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String kind;
      while ((kind = parser.nextFieldName()) != null) {
        JsonToken body = parser.nextToken();
        if ((kind.equals("set") || kind.equals("map")) && body == JsonToken.START_OBJECT) {
          readSet(kind);
        } else {
          parser.skipChildren();
        }
      }
    }
    return parser.currentToken() == JsonToken.END_ARRAY;
  }

  private void readSet(String kind) throws IOException {
    String name = "";
    String home = "";
    String keyType = "";
    String dataType = "";
    int size = 0;
    long timeout = 0;
    Set<String> flags = new HashSet<>();
    String field;
    while ((field = parser.nextFieldName()) != null) {
      JsonToken value = parser.nextToken();
      switch (field) {
        case "name" -> name = readType(value);
        case "table" -> home = readType(value);
        case "type" -> keyType = readType(value);
        case "map" -> dataType = readType(value);
        case "size" -> size = (int) Math.min(parser.getValueAsLong(), Integer.MAX_VALUE);
        case "timeout" -> timeout = parser.getValueAsLong();
        case "flags" -> flags.addAll(readStrings(value));
        default -> parser.skipChildren();
      }
    }
    if (home.equals(table)) {
      shapes.put(name, new SetShape(kind, keyType, dataType, size, flags, timeout));
    }
  }

  private String readType(JsonToken token) throws IOException {
    List<String> words = readStrings(token);
    String type = String.join(" . ", words);
    return switch (type) {
      case "ip . daddr", "ip . saddr" -> "ipv4_addr";
      case "ip6 . daddr", "ip6 . saddr" -> "ipv6_addr";
      default -> type;
    };
  }

  /** All strings below the current value, in order. */
  private List<String> readStrings(JsonToken token) throws IOException {
    List<String> strings = new ArrayList<>();
    int depth = 0;
    JsonToken current = token;
    while (current != null) {
      if (current.isStructStart()) {
        depth++;
      } else if (current.isStructEnd()) {
        depth--;
      } else if (current == JsonToken.VALUE_STRING) {
        strings.add(parser.getText());
      }
      if (depth == 0) {
        break;
      }
      current = parser.nextToken();
    }
    return strings;
  }
}
