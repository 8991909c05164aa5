package io.dotp.dns.upstream;

import io.dotp.name.DomainName;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Which questions are under way to which group, for finding loops. Thread: any. */
final class UnderWay {
  private final ConcurrentMap<Asked, Integer> questions = new ConcurrentHashMap<>();

  /** A question without its flags: another server need not copy them. */
  private record Asked(DomainName name, int qtype, int qclass, int group) {
    static Asked of(UpstreamQuery query) {
      return new Asked(query.name(), query.qtype(), query.qclass(), query.group());
    }
  }

  void add(UpstreamQuery query) {
    questions.merge(Asked.of(query), 1, Integer::sum);
  }

  void remove(UpstreamQuery query) {
    questions.computeIfPresent(
        Asked.of(query), (asked, count) -> count == 1 ? null : Integer.valueOf(count - 1));
  }

  boolean contains(DomainName name, int qtype, int qclass, int group) {
    return questions.containsKey(new Asked(name, qtype, qclass, group));
  }
}
