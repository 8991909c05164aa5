package io.dotp.net;

import io.dotp.metrics.DatagramMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.RejectedExecutionException;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket that tells where each datagram came to and sends from any of the own addresses.
 * Netty's channel does neither for IPv6. Thread: its loop, unless a method says otherwise.
 */
/*
 * The descriptor is registered with the epoll handler of Netty's own loop. Input stays armed,
 * level-triggered; output is armed only while the kernel takes no more (I1). The mask is never
 * empty: Netty 4.2.13 and later lose a registration whose mask was (I2).
 *
 * What is sent while a batch is received leaves after it, what is sent at other times at the end of
 * the loop's turn: one system call for many datagrams (I3).
 *
 * The native memory belongs to this object and every call that uses it runs on the loop, so none is
 * under way when the object goes (I4).
 */
public final class ControlDatagramSocket {
  private static final Logger LOG = LoggerFactory.getLogger(ControlDatagramSocket.class);

  private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
  private static final int IP_FREEBIND = 15;
  private static final int IPV6_V6ONLY = 26;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_MEMINFO = 55;
  private static final int SK_MEMINFO_DROPS = 8;

  /** Batches in one turn, so that a flood leaves time for the loop's other work. */
  private static final int BATCHES_PER_TURN = 4;

  private final EventLoop loop;
  private final Socket socket;
  private final Handler handler;
  private final DatagramMetrics metrics;
  private final IncomingDatagrams incoming;
  private final OutgoingDatagrams outgoing;
  private final Promise<Void> ready;
  private @Nullable IoRegistration registration;
  private boolean receiving;
  private boolean flushScheduled;
  private boolean blocked;
  private boolean closed;

  /** Who takes what a socket receives. Thread: the socket's loop. */
  @FunctionalInterface
  public interface Handler {
    /**
     * One whole datagram.
     *
     * @param socket that received it, and that replies leave through
     * @param payload the handler's to release; may be empty
     * @param source an IPv4 address also when a socket of both families received it; a link-local
     *     one has its scope
     */
    void received(
        ControlDatagramSocket socket,
        ByteBuf payload,
        InetSocketAddress source,
        LocalAddress destination);
  }

  /** How the opening of a socket ended. */
  public sealed interface Opening {
    /**
     * Bound; it receives as soon as {@link ControlDatagramSocket#ready} says so.
     *
     * @param socket the caller's to close
     */
    record Opened(ControlDatagramSocket socket) implements Opening {}

    /**
     * Nothing is left open.
     *
     * @param message the system call and its error
     */
    record Refused(String message) implements Opening {}
  }

  private ControlDatagramSocket(
      EventLoop loop,
      DatagramLibrary libc,
      Socket socket,
      boolean ipv6,
      DatagramOptions options,
      Handler handler,
      DatagramMetrics metrics) {
    this.loop = loop;
    this.socket = socket;
    this.handler = handler;
    this.metrics = metrics;
    this.incoming =
        new IncomingDatagrams(libc, socket.intValue(), options.largestPayload(), metrics);
    this.outgoing = new OutgoingDatagrams(libc, socket.intValue(), ipv6, metrics);
    this.ready = loop.newPromise();
  }

  /**
   * Opens and binds a socket with SO_REUSEADDR, SO_REUSEPORT and IP_FREEBIND. Thread: any.
   *
   * @param loop an epoll loop
   * @param address its family is the socket's; {@code ::} serves both unless the options say no
   */
  public static Opening open(
      EventLoop loop,
      InetSocketAddress address,
      DatagramOptions options,
      Handler handler,
      DatagramMetrics metrics) {
    DatagramLibrary libc =
        LibraryLoader.create(DatagramLibrary.class).failImmediately().load("libc.so.6");
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    int domain = ipv6 ? SocketAddresses.AF_INET6 : SocketAddresses.AF_INET;
    int descriptor = libc.socket(domain, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
    if (descriptor < 0) {
      int error = LastError.getLastError(Runtime.getSystemRuntime());
      return new Opening.Refused(
          String.valueOf(Errors.newIOException("socket", -error).getMessage()));
    }
    Socket socket = new Socket(descriptor);
    try {
      configure(socket, ipv6, options);
      socket.bind(address);
    } catch (IOException | ChannelException e) {
      release(socket);
      return new Opening.Refused(String.valueOf(e.getMessage()));
    }
    ControlDatagramSocket opened =
        new ControlDatagramSocket(loop, libc, socket, ipv6, options, handler, metrics);
    opened.register();
    return new Opening.Opened(opened);
  }

  private static void configure(Socket socket, boolean ipv6, DatagramOptions options)
      throws IOException {
    socket.setReuseAddress(true);
    socket.setReusePort(true);
    socket.setIntOpt(ControlMessages.SOL_IP, IP_FREEBIND, 1);
    // On a socket of both families, too: for IPv4 clients.
    socket.setIntOpt(ControlMessages.SOL_IP, ControlMessages.IP_PKTINFO, 1);
    if (ipv6) {
      socket.setIntOpt(ControlMessages.SOL_IPV6, IPV6_V6ONLY, options.ipv6Only() ? 1 : 0);
      socket.setIntOpt(ControlMessages.SOL_IPV6, ControlMessages.IPV6_RECVPKTINFO, 1);
    }
    if (options.sendBuffer() > 0) {
      socket.setSendBufferSize(options.sendBuffer());
    }
    if (options.receiveBuffer() > 0) {
      socket.setReceiveBufferSize(options.receiveBuffer());
      try {
        socket.setIntOpt(SOL_SOCKET, SO_RCVBUFFORCE, options.receiveBuffer());
      } catch (IOException | ChannelException e) {
        // Netty reports a refused option by the latter.
        LOG.debug("receive buffer stays small reason=\"{}\"", e.getMessage());
      }
    }
  }

  private void register() {
    try {
      ((IoEventLoop) loop)
          .register(new Handle())
          .addListener((Future<IoRegistration> registered) -> onRegistered(registered));
    } catch (RejectedExecutionException e) {
      // The loop has ended.
      release(socket);
      ready.setFailure(e);
    }
  }

  private void onRegistered(Future<IoRegistration> registered) {
    if (!registered.isSuccess()) {
      end();
      ready.setFailure(registered.cause());
      return;
    }
    registration = registered.getNow();
    if (closed) {
      registration.cancel();
    } else {
      submit(EpollIoOps.EPOLLIN);
    }
    ready.setSuccess(null);
  }

  /** Done when the loop has taken the socket in, failed when it could not. Thread: any. */
  public Future<Void> ready() {
    return ready;
  }

  /** Where it is bound. Thread: any. */
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  /**
   * Sends one datagram, or drops and counts it: nothing says whether it left.
   *
   * @param payload owned
   * @param from as a received datagram told; its interface counts for link-local addresses only
   */
  public void send(ByteBuf payload, InetSocketAddress to, LocalAddress from) {
    if (closed) {
      metrics.unsent.increment();
      payload.release();
      return;
    }
    outgoing.add(payload, to, from);
    if (!receiving && !blocked && !flushScheduled) { // I3
      flushScheduled = true;
      loop.execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    if (closed) {
      return;
    }
    boolean full = !outgoing.flush();
    if (full != blocked) { // I1
      blocked = full;
      submit(full ? EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT) : EpollIoOps.EPOLLIN); // I2
    }
  }

  private void submit(EpollIoOps operations) {
    IoRegistration own = registration;
    if (own != null && own.isValid()) {
      own.submit(operations);
    }
  }

  /** The socket as Netty's loop sees it. */
  private final class Handle implements EpollIoHandle {
    @Override
    public FileDescriptor fd() {
      return socket;
    }

    @Override
    public void handle(IoRegistration own, IoEvent event) {
      try {
        handle(((EpollIoEvent) event).ops());
      } catch (RuntimeException e) {
        // Netty would swallow it.
        LOG.error("bug while handling datagrams", e);
      }
    }

    private void handle(EpollIoOps ready) {
      if (ready.contains(EpollIoOps.EPOLLERR)) {
        clearError();
      }
      if (ready.contains(EpollIoOps.EPOLLOUT)) {
        flush();
      }
      if (ready.contains(EpollIoOps.EPOLLIN)) {
        receive();
      }
    }

    /** The loop has ended. */
    @Override
    public void close() {
      end();
    }
  }

  /** An error that stays would wake the loop for ever. */
  private void clearError() {
    try {
      socket.getSoError();
    } catch (IOException | ChannelException e) {
      LOG.debug("datagram socket reason=\"{}\"", e.getMessage());
    }
  }

  private void receive() {
    receiving = true;
    try {
      int batches = 0;
      while (!closed && batches++ < BATCHES_PER_TURN && incoming.receive(this::deliver)) {
        if (!blocked) {
          flush();
        }
      }
    } finally {
      receiving = false;
      if (!blocked && !flushScheduled && !outgoing.isEmpty()) {
        flush();
      }
    }
  }

  /** Returns whether the next one is wanted: who took this one may have closed the socket. */
  private boolean deliver(ByteBuf payload, InetSocketAddress source, LocalAddress destination) {
    try {
      handler.received(this, payload, source, destination);
    } catch (RuntimeException e) {
      LOG.error("bug while taking a datagram in", e);
    }
    return !closed;
  }

  /**
   * Datagrams that the kernel dropped because the receive buffer was full, since the socket was
   * opened, modulo 2^32; 0 when it does not tell. Thread: any, while the socket is open.
   */
  public long kernelDrops() {
    ByteBuffer memory =
        ByteBuffer.allocateDirect(4 * (SK_MEMINFO_DROPS + 1)).order(ByteOrder.nativeOrder());
    try {
      socket.getRawOpt(SOL_SOCKET, SO_MEMINFO, memory);
    } catch (IOException | ChannelException e) {
      return 0;
    }
    return Integer.toUnsignedLong(memory.getInt(4 * SK_MEMINFO_DROPS));
  }

  /**
   * Stops, after one last attempt to send what waits. Thread: any; harmless when repeated.
   *
   * @return done when the descriptor is closed
   */
  public Future<?> close() {
    if (loop.inEventLoop()) {
      end();
      return loop.newSucceededFuture(null);
    }
    try {
      return loop.submit(this::end);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and has closed what was registered.
      return ready;
    }
  }

  private void end() {
    if (closed) {
      return;
    }
    flush();
    closed = true;
    outgoing.clear();
    IoRegistration own = registration;
    if (own != null) {
      own.cancel();
    }
    release(socket);
  }

  private static void release(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("datagram socket reason=\"{}\"", e.getMessage());
    }
  }
}
