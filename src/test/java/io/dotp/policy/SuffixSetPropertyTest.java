package io.dotp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Against a map of texts that is asked for every suffix in turn. */
class SuffixSetPropertyTest {
  @Property
  void longestMatch_anyListAndQuery_isWhatTheNaiveReferenceSays(
      @ForAll("lists") List<List<String>> listed,
      @ForAll("lists") List<List<String>> queries,
      @ForAll long seed) {
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(seed));
    Map<List<String>, Integer> reference = new HashMap<>();
    for (int i = 0; i < listed.size(); i++) {
      builder.add(name(listed.get(i)), i);
      reference.putIfAbsent(listed.get(i), i);
    }
    SuffixSet set = builder.build();

    List<List<String>> asked = new ArrayList<>(queries);
    listed.forEach(labels -> asked.add(below(labels, "www")));
    asked.addAll(listed);

    assertThat(set.size()).isEqualTo(reference.size());
    for (List<String> query : asked) {
      assertThat(set.longestMatch(wire(query))).isEqualTo(naive(reference, query));
    }
  }

  @Property
  void longestMatch_firstLabelGrownOnTheLeft_neverMatches(
      @ForAll("names") List<String> listed, @ForAll("labels") String more) {
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(1));
    builder.add(name(listed), 1);
    SuffixSet set = builder.build();
    List<String> grown = new ArrayList<>(listed);
    grown.set(0, more + listed.get(0));

    int value = set.longestMatch(wire(grown));

    assertThat(value).isEqualTo(SuffixSet.NONE);
  }

  /** Few letters and few labels, so that names meet often. */
  @Provide
  Arbitrary<String> labels() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars("ab").ofMinLength(1).ofMaxLength(2),
        Arbitraries.strings().withChars("a.\\\u0000\u00ff").ofMinLength(1).ofMaxLength(20));
  }

  @Provide
  Arbitrary<List<String>> names() {
    return labels().list().ofMinSize(1).ofMaxSize(5);
  }

  @Provide
  Arbitrary<List<List<String>>> lists() {
    return names().list().ofMaxSize(30);
  }

  private static int naive(Map<List<String>, Integer> reference, List<String> query) {
    for (int from = 0; from < query.size(); from++) {
      Integer value = reference.get(query.subList(from, query.size()));
      if (value != null) {
        return value;
      }
    }
    return SuffixSet.NONE;
  }

  private static List<String> below(List<String> labels, String first) {
    List<String> longer = new ArrayList<>(List.of(first));
    longer.addAll(labels);
    return longer;
  }

  private static DomainName name(List<String> labels) {
    return wire(labels).toDomainName();
  }

  private static WireName wire(List<String> labels) {
    WireName wire = new WireName();
    int at = 0;
    for (String label : labels) {
      wire.bytes()[at++] = (byte) label.length();
      for (int i = 0; i < label.length(); i++) {
        wire.bytes()[at++] = (byte) label.charAt(i);
      }
    }
    wire.bytes()[at++] = 0;
    wire.length(at);
    return wire;
  }
}
