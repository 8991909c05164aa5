package io.dotp.dns.upstream;

import io.dotp.name.DomainName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which questions are under way to which group, for finding loops. Thread: any. */
final class UnderWay {
  private final Set<Asked> questions = ConcurrentHashMap.newKeySet();

  /** A question without its flags: another server need not copy them. */
  private record Asked(DomainName name, int qtype, int qclass, int group) {
    static Asked of(UpstreamQuery query) {
      return new Asked(query.name(), query.qtype(), query.qclass(), query.group());
    }
  }

  void add(UpstreamQuery query) {
    questions.add(Asked.of(query));
  }

  void remove(UpstreamQuery query) {
    questions.remove(Asked.of(query));
  }

  boolean contains(DomainName name, int qtype, int qclass, int group) {
    return questions.contains(new Asked(name, qtype, qclass, group));
  }
}
