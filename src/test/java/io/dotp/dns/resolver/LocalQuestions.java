package io.dotp.dns.resolver;

import io.dotp.config.LocalConfig;
import io.dotp.config.LocalConfig.Canary;
import io.dotp.dns.hosts.HostsTable;
import io.dotp.dns.hosts.HostsText;
import io.dotp.dns.message.LocalAnswer;
import io.dotp.dns.message.MessageEncoder;
import io.dotp.dns.message.TestMessage;
import io.dotp.ip.IpPrefix;
import io.dotp.name.WireName;
import io.dotp.nat.mapping.MappingTable;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Asks for local answers, and puts what comes into a line of text. */
public final class LocalQuestions {
  private final List<IpPrefix> pools = new ArrayList<>();
  private final Set<Canary> passed = new HashSet<>();
  private final Set<String> claimed = new HashSet<>();
  private HostsTable hosts = HostsTable.EMPTY;
  private boolean healthy = true;

  /** Adds a pool. */
  public LocalQuestions pool(String prefix) {
    pools.add(Objects.requireNonNull(IpPrefix.parse(prefix)));
    return this;
  }

  /** Passes a canary. */
  public LocalQuestions pass(Canary canary) {
    passed.add(canary);
    return this;
  }

  /** Claims exactly this name. */
  public LocalQuestions claim(String name) {
    claimed.add(name);
    return this;
  }

  /** Sets the hosts file. */
  public LocalQuestions hosts(String... lines) {
    hosts = HostsText.table(lines);
    return this;
  }

  /** Lets us be ill. */
  public LocalQuestions ill() {
    healthy = false;
    return this;
  }

  /** What is asked. */
  public LocalAnswers answers() {
    return new LocalAnswers(
        new LocalConfig(passed, List.of()),
        60,
        new LocalAnswers.Sources(
            () -> hosts, () -> List.copyOf(pools), new MappingTable(), () -> healthy, () -> 0));
  }

  /**
   * The answer as {@code RCODE TYPE data TYPE data soa=OWNER ede=CODE}, or {@code upstream}.
   *
   * @param name without the final dot
   */
  public String ask(String name, String type) throws IOException {
    return ask(name, type, 1);
  }

  /** The same for a class. */
  public String ask(String name, String type, int qclass) throws IOException {
    LocalAnswer answer = answers().answer(wire(name), Type.value(type), qclass, this::isClaimed);
    if (answer == null) {
      return "upstream";
    }
    byte[] bytes =
        TestMessage.take(
            MessageEncoder.encode(
                answer,
                TestMessage.query(name + ". " + type).opt(1232, 0, 0).client(),
                1232,
                UnpooledByteBufAllocator.DEFAULT));
    return text(new Message(bytes));
  }

  private boolean isClaimed(WireName name) {
    return claimed.contains(name.toDomainName().toString());
  }

  private static String text(Message message) {
    StringBuilder text = new StringBuilder(Rcode.string(message.getRcode()));
    for (Record each : message.getSection(Section.ANSWER)) {
      text.append(' ').append(Type.string(each.getType())).append(' ').append(each.rdataToString());
    }
    for (Record each : message.getSection(Section.AUTHORITY)) {
      text.append(" soa=").append(each.getName());
    }
    for (EDNSOption option : Objects.requireNonNull(message.getOPT()).getOptions()) {
      text.append(" ede=").append(((ExtendedErrorCodeOption) option).getErrorCode());
    }
    return text.toString();
  }

  static WireName wire(String text) throws IOException {
    byte[] canonical = Name.fromString(text + ".").toWireCanonical();
    WireName name = new WireName();
    System.arraycopy(canonical, 0, name.bytes(), 0, canonical.length);
    name.length(canonical.length);
    return name;
  }
}
