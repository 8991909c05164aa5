package io.dotp.lists;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The names of a rule-set of sing-box, source format. A rule says "one of the names, and everything
 * else that stands here"; a name server sees nothing but the name, so a rule with another condition
 * is left out whole. Thread: one.
 *
 * <p>Source: sing-box, Source Format and Headless Rule.
 */
final class SingBoxReader {
  private static final int MAX_STRING = 1 << 12;
  private static final int MAX_DEPTH = 16;

  /** Fields that stand beside the names in the same "one of". */
  private static final Set<String> ALTERNATIVES = Set.of("ip_cidr");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_STRING)
                  .maxNameLength(MAX_STRING)
                  .maxNestingDepth(MAX_DEPTH)
                  .build())
          .build();

  private final RuleCollector rules;

  SingBoxReader(RuleCollector rules) {
    this.rules = rules;
  }

  /** What was found in a rule beside its names. */
  private static final class Seen {
    private boolean conditions;
    private boolean alternatives;
    private boolean inverted;
    private boolean logical;
  }

  void read(InputStream in) throws IOException {
    try (JsonParser json = JSON.createParser(in)) {
      boolean any = false;
      if (json.nextToken() != JsonToken.START_OBJECT) {
        rules.refuse("a rule-set of sing-box is a JSON object");
        return;
      }
      while (!rules.isRefused() && json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isRules = json.currentName().equals("rules");
        JsonToken value = json.nextToken();
        if (isRules && value == JsonToken.START_ARRAY) {
          any = true;
          readRules(json);
        } else {
          json.skipChildren();
        }
      }
      if (!any && !rules.isRefused()) {
        rules.refuse("a rule-set of sing-box has an array \"rules\"");
      }
    } catch (JsonProcessingException e) {
      String place = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw new IOException("not JSON as sing-box writes it" + place, e);
    }
  }

  private void readRules(JsonParser json) throws IOException {
    while (!rules.isRefused() && json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() == JsonToken.START_OBJECT) {
        readRule(json);
      } else {
        begin(json);
        rules.mistake("a rule is an object");
        rules.endLine();
        json.skipChildren();
      }
    }
  }

  private void readRule(JsonParser json) throws IOException {
    RuleCollector.Mark mark = rules.mark();
    int line = json.currentTokenLocation().getLineNr();
    Seen seen = new Seen();
    while (!rules.isRefused() && json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      readField(json, field, seen);
    }
    rules.beginLine(line);
    if (seen.logical || seen.inverted) {
      rules.rollback(mark);
      rules.mistake((seen.logical ? "a logical" : "an inverted") + " rule is no list of names");
    } else if (seen.conditions) {
      rules.rollback(mark);
      rules.notApplicable();
    } else if (seen.alternatives) {
      rules.notApplicable();
    }
    rules.endLine();
  }

  private void readField(JsonParser json, String field, Seen seen) throws IOException {
    switch (field) {
      case "domain", "domain_suffix", "domain_keyword", "domain_regex" -> readValues(json, field);
      case "type" -> seen.logical |= json.getValueAsString("").equals("logical");
      case "invert" -> seen.inverted |= json.currentToken() != JsonToken.VALUE_FALSE;
      default -> {
        seen.alternatives |= ALTERNATIVES.contains(field);
        seen.conditions |= !ALTERNATIVES.contains(field);
      }
    }
    json.skipChildren();
  }

  /** One value may stand without its array. */
  private void readValues(JsonParser json, String field) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      readValue(json, field);
      return;
    }
    while (!rules.isRefused() && json.nextToken() != JsonToken.END_ARRAY) {
      readValue(json, field);
    }
  }

  private void readValue(JsonParser json, String field) throws IOException {
    begin(json);
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      rules.mistake("a value of " + field + " is a string");
      rules.endLine();
      json.skipChildren();
      return;
    }
    String text = json.getText();
    switch (field) {
      case "domain" -> {
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        rules.exact(name, 0, name.length);
      }
      case "domain_suffix" -> {
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        rules.suffix(name, text.startsWith(".") ? 1 : 0, name.length);
      }
      case "domain_keyword" -> rules.keyword(text);
      default -> rules.regexp(text);
    }
    rules.endLine();
  }

  private void begin(JsonParser json) {
    rules.beginLine(json.currentTokenLocation().getLineNr());
  }
}
