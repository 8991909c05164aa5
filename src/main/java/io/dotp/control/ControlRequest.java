package io.dotp.control;

import java.util.Map;

/**
 * What a client wants.
 *
 * @param path without the query
 * @param query the first value of each parameter
 */
record ControlRequest(String method, String path, Map<String, String> query) {
  ControlRequest {
    query = Map.copyOf(query);
  }

  /** The value of a parameter, empty when it is absent. */
  String parameter(String name) {
    return query.getOrDefault(name, "");
  }
}
