package io.dotp.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * What a client gets.
 *
 * @param status of HTTP
 * @param body JSON
 */
record ControlAnswer(int status, String body) {
  static final int OK = 200;
  static final int BAD_REQUEST = 400;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int UNPROCESSABLE = 422;
  static final int BUG = 500;
  static final int STOPPING = 503;

  private static final JsonFactory JSON = new JsonFactory();

  /** Writes a body. */
  interface Body {
    void writeTo(JsonGenerator json) throws IOException;
  }

  static ControlAnswer of(int status, Body body) {
    StringWriter text = new StringWriter(1024);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      body.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      // There is no I/O: the text stays in memory.
      throw new UncheckedIOException(e);
    }
    return new ControlAnswer(status, text.toString());
  }

  static ControlAnswer error(int status, String message) {
    return of(status, json -> json.writeStringField("error", message));
  }
}
