package io.dotp.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.name.NameText;
import io.dotp.name.WireName;
import io.dotp.policy.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a list that was taken says about names. */
final class ParsedList {
  static final Path FIXTURES = Path.of("test-fixtures/lists");

  private final ListResult.Loaded loaded;
  private final Policy policy;

  private ParsedList(ListResult.Loaded loaded) {
    this.loaded = loaded;
    this.policy = new Policy.Builder().add(RouteId.DEFAULT, null, List.of(loaded.rules())).build();
  }

  static ListResult parse(ListSource source) {
    return new DomainListParser(ListLimits.DEFAULT).parse(source);
  }

  static ParsedList of(ListResult result) {
    assertThat(result).isInstanceOf(ListResult.Loaded.class);
    return new ParsedList((ListResult.Loaded) result);
  }

  static ParsedList ofFixture(String file) {
    return of(parse(ListSource.of(FIXTURES.resolve(file))));
  }

  static ListResult.Refused refused(ListResult result) {
    assertThat(result).isInstanceOf(ListResult.Refused.class);
    return (ListResult.Refused) result;
  }

  /** Writes a list and says where it is. */
  static Path file(Path directory, String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ListResult.Loaded loaded() {
    return loaded;
  }

  ListCounts counts() {
    return loaded.counts();
  }

  ParsedList has(String... names) {
    for (String name : names) {
      assertThat(lists(name)).as(name).isTrue();
    }
    return this;
  }

  ParsedList lacks(String... names) {
    for (String name : names) {
      assertThat(lists(name)).as(name).isFalse();
    }
    return this;
  }

  boolean lists(String name) {
    WireName wire = new WireName();
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    assertThat(NameText.parse(text, 0, text.length, wire)).isNull();
    return policy.decide(wire) != null;
  }
}
