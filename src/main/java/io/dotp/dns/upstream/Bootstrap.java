package io.dotp.dns.upstream;

import io.dotp.dns.upstream.UpstreamResult.Received;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Type;

/**
 * Finds out where servers are that were given by name, by asking servers that were given by
 * address: the system's resolver may be dotp itself, and it blocks. Thread: the loop.
 */
final class Bootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

  private static final int CLASS_IN = 1;
  private static final int MOST_ADDRESSES = 16;

  private final Asking asking;
  private final LongSupplier nanoClock;

  /** How a question gets to servers. */
  interface Asking {
    /** {@code done} runs on the loop, exactly once. */
    void ask(UpstreamQuery query, List<UpstreamServer> servers, Consumer<UpstreamResult> done);
  }

  Bootstrap(Asking asking, LongSupplier nanoClock) {
    this.asking = asking;
    this.nanoClock = nanoClock;
  }

  /**
   * {@code done} runs on the loop, exactly once, often before this method returns: with null when
   * nobody knows.
   */
  void resolve(UpstreamServer server, Consumer<@Nullable InetSocketAddress> done) {
    HostAddresses host = server.host();
    if (host == null) {
      done.accept(server.socketAddress());
      return;
    }
    InetSocketAddress known = host.current();
    if (known == null) {
      new LookUp(host, () -> done.accept(host.current())).start();
      return;
    }
    if (host.beginRefresh(nanoClock.getAsLong())) {
      new LookUp(host, () -> {}).start();
    }
    done.accept(known);
  }

  /** Both families of one name; the first address found is enough to go on. */
  private final class LookUp {
    private final HostAddresses host;
    private final Runnable done;
    private final List<InetAddress> found = new ArrayList<>();
    private long ttlSeconds = Integer.MAX_VALUE;
    private int left = 2;
    private boolean told;

    LookUp(HostAddresses host, Runnable done) {
      this.host = host;
      this.done = done;
    }

    void start() {
      for (int qtype : new int[] {Type.A, Type.AAAA}) {
        UpstreamQuery query =
            new UpstreamQuery(host.name(), qtype, CLASS_IN, true, false, false, 0);
        asking.ask(query, host.bootstrap(), this::onResult);
      }
    }

    private void onResult(UpstreamResult result) {
      if (result instanceof Received received) {
        AddressRecords.read(ByteBufUtil.getBytes(received.message()), this::add);
        received.message().release();
      }
      left--;
      if (!found.isEmpty()) {
        host.found(found, ttlSeconds, nanoClock.getAsLong());
      } else if (left == 0) {
        host.foundNothing(nanoClock.getAsLong());
        LOG.debug("bootstrap found no address name={}", host.name());
      }
      if (left == 0) {
        host.endRefresh();
      }
      if (!told && (left == 0 || !found.isEmpty())) {
        told = true;
        done.run();
      }
    }

    private void add(InetAddress address, long ttl) {
      if (found.size() == MOST_ADDRESSES) {
        return;
      }
      if (!found.contains(address)) {
        found.add(address);
      }
      ttlSeconds = Math.min(ttlSeconds, ttl);
    }
  }
}
