package io.dotp.dns.server;

import io.dotp.config.DnsConfig;
import io.dotp.dns.resolver.Resolver;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.WarningGate;
import io.dotp.net.ControlDatagramSocket;
import io.dotp.net.DatagramOptions;
import io.dotp.net.DescriptorLimit;
import io.dotp.net.OwnAddresses;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The DNS listeners: for every address and every loop one UDP and one TCP socket (SO_REUSEPORT), so
 * that the kernel spreads clients and a query never changes its loop. Thread: main.
 */
public final class DnsServer implements AutoCloseable {
  private static final ChannelOption<Integer> IPV6_V6ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

  /** Bursts wait here while a loop is busy. */
  private static final int RECEIVE_BUFFER = 4 << 20;

  /** Bytes of a query over UDP; the few that are longer are dropped. */
  private static final int LARGEST_QUERY = 4096;

  private final DnsConfig config;
  private final List<LoopQueries> loops;
  private final DnsMetrics metrics;
  private final TcpListener.TcpShares tcpShares;
  private final List<Channel> listeners = new ArrayList<>();
  private final List<ControlDatagramSocket> udpSockets = new ArrayList<>();
  private final ReceiveDrops drops;

  /** A loop and who answers its queries. */
  public record LoopResolver(EventLoop loop, Resolver resolver) {}

  /** A loop and the front end's part on it. */
  private record LoopQueries(EventLoop loop, QueryHandler queries) {}

  /**
   * @param own for the default access list
   * @param upstream against circles
   */
  public DnsServer(
      DnsConfig config,
      List<LoopResolver> loops,
      Supplier<OwnAddresses> own,
      UpstreamSide upstream,
      DnsMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
    this.drops = new ReceiveDrops(metrics.kernelDrops);
    ClientIdentity identity = new ClientIdentity(own);
    QueryHandler.ClientRules rules =
        new QueryHandler.ClientRules(
            new Admission(config, own, upstream),
            new RateLimit(config.rateLimit(), identity),
            identity,
            new InflightLimits.Clients());
    this.tcpShares =
        new TcpListener.TcpShares(
            ConnectionLimits.within(DescriptorLimit.read()),
            identity,
            new UnsentBytes.Budget(),
            new WarningGate());
    this.loops =
        loops.stream()
            .map(
                each ->
                    new LoopQueries(
                        each.loop(),
                        new QueryHandler(
                            each.resolver(), rules, each.loop().ticker()::nanoTime, metrics)))
            .toList();
  }

  /**
   * Binds all listeners.
   *
   * @return what went wrong with the first address that could not be bound, null when all are
   */
  public @Nullable String bind() {
    for (IpAddress host : config.hosts()) {
      InetSocketAddress address = new InetSocketAddress(host.toInetAddress(), config.port());
      for (LoopQueries loop : loops) {
        String failure = bindUdp(loop, host, address);
        if (failure == null) {
          failure = await(bindTcp(loop, host, address));
        }
        if (failure != null) {
          return host + " port " + config.port() + ": " + failure;
        }
      }
    }
    return null;
  }

  private @Nullable String await(ChannelFuture bound) {
    bound.awaitUninterruptibly();
    if (!bound.isSuccess()) {
      return bound.cause().getMessage();
    }
    listeners.add(bound.channel());
    return null;
  }

  private @Nullable String bindUdp(LoopQueries loop, IpAddress host, InetSocketAddress address) {
    boolean ipv6Only = host.family() == Family.IPV6 && ipv6Only() == 1;
    ControlDatagramSocket.Opening opening =
        ControlDatagramSocket.open(
            loop.loop,
            address,
            new DatagramOptions(ipv6Only, LARGEST_QUERY, RECEIVE_BUFFER, 0),
            new UdpListener(loop.queries, metrics),
            metrics.udp);
    if (opening instanceof ControlDatagramSocket.Opening.Opened opened) {
      udpSockets.add(opened.socket());
      drops.watch(opened.socket()::kernelDrops);
      Future<?> ready = opened.socket().ready().awaitUninterruptibly();
      return ready.isSuccess() ? null : String.valueOf(ready.cause().getMessage());
    }
    return ((ControlDatagramSocket.Opening.Refused) opening).message();
  }

  private ChannelFuture bindTcp(LoopQueries loop, IpAddress host, SocketAddress address) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop.loop)
            .channelFactory(() -> new EpollServerSocketChannel(family(host)))
            .handler(AcceptPause.initializer(tcpShares.acceptWarnings(), metrics))
            .childHandler(new TcpListener(loop.queries, tcpShares, metrics))
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(UnixChannelOption.SO_REUSEPORT, true)
            .option(EpollChannelOption.IP_FREEBIND, true);
    if (host.family() == Family.IPV6) {
      bootstrap.option(IPV6_V6ONLY, ipv6Only());
    }
    return bootstrap.bind(address);
  }

  private static SocketProtocolFamily family(IpAddress host) {
    return host.family() == Family.IPV4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
  }

  /** A lone {@code ::} serves both families, as it does everywhere on Linux. */
  private int ipv6Only() {
    return config.hosts().stream().anyMatch(host -> host.family() == Family.IPV4) ? 1 : 0;
  }

  /** Takes no more queries and waits until those under way are answered, at most a second. */
  public void drain() throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(loops.size());
    for (LoopQueries loop : loops) {
      loop.loop.execute(() -> loop.queries.drain(busy::countDown));
    }
    if (!busy.await(1, TimeUnit.SECONDS)) {
      metrics.unansweredAtStop.increment();
    }
  }

  /**
   * Brings {@link DnsMetrics#kernelDrops} up to date: one system call per UDP listener. Thread: any
   * but a loop; harmless after {@link #close}.
   */
  public void sampleKernelDrops() {
    drops.sample();
  }

  @Override
  public void close() {
    drops.end();
    for (Channel listener : listeners) {
      listener.close().awaitUninterruptibly();
    }
    for (ControlDatagramSocket socket : udpSockets) {
      socket.close().awaitUninterruptibly();
    }
  }
}
