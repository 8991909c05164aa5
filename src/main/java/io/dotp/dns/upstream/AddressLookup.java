package io.dotp.dns.upstream;

import io.dotp.dns.upstream.UpstreamResult.Received;
import io.dotp.name.DomainName;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds real addresses for connections of our own: the system's resolver may be dotp itself, would
 * give fakes for steered names, and blocks.
 */
public final class AddressLookup {
  private static final int CLASS_IN = 1;
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;
  private static final int MOST_ADDRESSES = 16;

  private final EventLoop loop;
  private final UpstreamClient client;

  /**
   * @param client of that loop
   */
  public AddressLookup(EventLoop loop, UpstreamClient client) {
    this.loop = loop;
    this.client = client;
  }

  /**
   * Asks the default servers for both families; {@code done} runs on the loop, exactly once, with
   * no address when nobody knows one; IPv4 first. Thread: any.
   */
  public void lookUp(DomainName name, Consumer<List<InetAddress>> done) {
    loop.execute(() -> new Both(done).start(name));
  }

  /** The answers to both questions. */
  private final class Both {
    private final Consumer<List<InetAddress>> done;
    private final List<InetAddress> ipv4 = new ArrayList<>();
    private final List<InetAddress> ipv6 = new ArrayList<>();
    private int left = 2;

    Both(Consumer<List<InetAddress>> done) {
      this.done = done;
    }

    void start(DomainName name) {
      ask(name, TYPE_A, ipv4);
      ask(name, TYPE_AAAA, ipv6);
    }

    private void ask(DomainName name, int qtype, List<InetAddress> found) {
      UpstreamQuery query = new UpstreamQuery(name, qtype, CLASS_IN, true, false, false, 0);
      client.ask(query, result -> onResult(result, found));
    }

    private void onResult(UpstreamResult result, List<InetAddress> found) {
      if (result instanceof Received received) {
        byte[] message = ByteBufUtil.getBytes(received.message());
        received.message().release();
        AddressRecords.read(
            message,
            (address, ttl) -> {
              if (found.size() < MOST_ADDRESSES) {
                found.add(address);
              }
            });
      }
      left--;
      if (left == 0) {
        ipv4.addAll(ipv6);
        done.accept(ipv4);
      }
    }
  }
}
