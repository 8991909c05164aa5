package io.dotp.nat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dotp.nat.nft.GatewayLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Servers on the lab's server that answer every byte or datagram with their own address. */
final class NamingServers implements AutoCloseable {
  static final int PORT = 7777;
  private static final int BACKLOG = 4096;

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocate(2048);

  private NamingServers(Selector selector) {
    this.selector = selector;
  }

  /**
   * Serves streams on all addresses of the server, and datagrams on those that are told.
   *
   * @param addresses of the server
   */
  static NamingServers start(GatewayLab lab, List<String> addresses) {
    CompletableFuture<NamingServers> started = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                lab.enterServer();
                NamingServers servers = new NamingServers(Selector.open());
                servers.bind(addresses);
                started.complete(servers);
                servers.serve();
              } catch (IOException | RuntimeException | AssertionError e) {
                started.completeExceptionally(e);
              }
            },
            "naming-servers");
    thread.setDaemon(true);
    thread.start();
    return started.join();
  }

  private void bind(List<String> addresses) throws IOException {
    ServerSocketChannel streams = ServerSocketChannel.open();
    streams.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    streams.bind(new InetSocketAddress(PORT), BACKLOG);
    streams.configureBlocking(false);
    streams.register(selector, SelectionKey.OP_ACCEPT);
    for (String address : addresses) {
      DatagramChannel datagrams = DatagramChannel.open();
      datagrams.bind(new InetSocketAddress(InetAddress.getByName(address), PORT));
      datagrams.configureBlocking(false);
      datagrams.register(selector, SelectionKey.OP_READ);
    }
  }

  private void serve() {
    try {
      while (true) {
        selector.select(this::serve);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClosedSelectorException e) {
      // The test is over.
    }
  }

  private void serve(SelectionKey key) {
    try {
      if (key.channel() instanceof ServerSocketChannel streams) {
        SocketChannel stream = streams.accept();
        stream.configureBlocking(false);
        stream.register(selector, SelectionKey.OP_READ);
      } else if (key.channel() instanceof SocketChannel stream) {
        buffer.clear();
        int length = stream.read(buffer);
        if (length < 0) {
          stream.close();
        } else if (length > 0) {
          stream.write(named(stream.getLocalAddress()));
        }
      } else {
        DatagramChannel datagrams = (DatagramChannel) key.channel();
        buffer.clear();
        SocketAddress peer = datagrams.receive(buffer);
        if (peer != null) {
          datagrams.send(named(datagrams.getLocalAddress()), peer);
        }
      }
    } catch (IOException e) {
      // The client went away, as clients do.
      close(key);
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer named(SocketAddress local) {
    InetAddress address = ((InetSocketAddress) local).getAddress();
    return ByteBuffer.wrap((text(address) + "\n").getBytes(US_ASCII));
  }

  /** As IpAddress writes it. */
  private static String text(InetAddress address) {
    return io.dotp.ip.IpAddress.of(address).unmapped().toString();
  }

  @Override
  public void close() {
    try {
      for (SelectionKey key : List.copyOf(selector.keys())) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
