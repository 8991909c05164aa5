package io.dotp.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of JSON. What is absent reads as empty, 0 or false: an older daemon may not know what a
 * newer client asks for.
 */
final class Json {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  private Json() {}

  static Json read(String text) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it does not speak JSON");
      }
      return object(parser);
    }
  }

  private static Json object(JsonParser parser) throws IOException {
    Json object = new Json();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.fields.put(name, value(parser));
    }
    return object;
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return object(parser);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> values = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        values.add(value(parser));
      }
      return values;
    }
    return token == JsonToken.VALUE_NUMBER_INT ? (Object) parser.getLongValue() : parser.getText();
  }

  String text(String name) {
    Object value = fields.get(name);
    return value == null ? "" : value.toString();
  }

  long number(String name) {
    return fields.get(name) instanceof Long number ? number : 0;
  }

  boolean flag(String name) {
    return text(name).equals("true");
  }

  Json object(String name) {
    return fields.get(name) instanceof Json object ? object : new Json();
  }

  List<String> texts(String name) {
    return values(name).stream().map(Object::toString).toList();
  }

  List<Json> objects(String name) {
    List<Json> objects = new ArrayList<>();
    for (Object each : values(name)) {
      if (each instanceof Json object) {
        objects.add(object);
      }
    }
    return objects;
  }

  private List<?> values(String name) {
    @Nullable Object value = fields.get(name);
    return value instanceof List<?> values ? values : List.of();
  }
}
