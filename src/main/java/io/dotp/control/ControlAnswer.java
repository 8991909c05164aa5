package io.dotp.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a client gets.
 *
 * @param status of HTTP
 * @param body JSON in UTF-8
 */
record ControlAnswer(int status, byte[] body) {
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
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      body.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      // There is no I/O: the bytes stay in memory.
      throw new UncheckedIOException(e);
    }
    return new ControlAnswer(status, bytes.toByteArray());
  }

  static ControlAnswer error(int status, String message) {
    return of(status, json -> json.writeStringField("error", message));
  }
}
