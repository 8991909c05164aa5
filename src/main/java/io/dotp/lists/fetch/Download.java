package io.dotp.lists.fetch;

import io.dotp.name.DomainName;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One download: resolves, connects, asks, follows redirects, and hands what comes to {@link
 * ArrivingList} piece by piece. Whatever happens first, the end of the time included, ends it,
 * once. Thread: the loop.
 */
final class Download {
  private static final Logger LOG = LoggerFactory.getLogger(Download.class);
  private static final int MOST_ADDRESSES = 4;
  private static final int LONGEST_LINE = 8192;
  private static final int LONGEST_HEADER = 32_768;

  /** What is read at once, and so what waits for the disk at most. */
  private static final int PIECE = 65_536;

  private final Task task;
  private final Means means;
  private final ArrivingList arriving;
  private final CompletableFuture<FetchResult> end;
  private @Nullable Future<?> deadline;
  private @Nullable Channel channel;
  private ListUrl url;
  private int redirects;
  private boolean ended;

  /**
   * What is to be done.
   *
   * @param judge says what is wrong with a list, null when it is fit for use
   * @param origin of the copy that is there
   */
  record Task(
      ListUrl url,
      StoredList stored,
      Function<Path, @Nullable String> judge,
      StoredList.Origin origin) {}

  /** By what. */
  record Means(
      EventLoop loop,
      Executor files,
      SslContext tls,
      ListFetcher.Addresses addresses,
      LongSupplier epochSeconds,
      FetchLimits limits) {}

  Download(Task task, Means means, CompletableFuture<FetchResult> end) {
    this.task = task;
    this.means = means;
    this.arriving = new ArrivingList(task.stored(), means.limits().maxBytes());
    this.end = end;
    this.url = task.url();
  }

  void start() {
    long millis = means.limits().totalMillis();
    deadline =
        means
            .loop()
            .schedule(
                () -> fail("it did not come whole within " + millis / 1000 + " s"),
                millis,
                TimeUnit.MILLISECONDS);
    resolve();
  }

  private void resolve() {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(url.host());
    if (literal != null) {
      try {
        connect(List.of(InetAddress.getByAddress(literal)), 0);
      } catch (UnknownHostException e) {
        fail(url.host() + " is no address");
      }
      return;
    }
    DomainName name;
    try {
      name = DomainName.parse(url.host());
    } catch (IllegalArgumentException e) {
      fail(url.host() + " is no name: " + e.getMessage());
      return;
    }
    means
        .addresses()
        .lookUp(name, found -> means.loop().execute(() -> connect(List.copyOf(found), 0)));
  }

  private void connect(List<InetAddress> addresses, int tried) {
    if (ended) {
      return;
    }
    if (addresses.isEmpty()) {
      fail("no upstream server knows an address of " + url.host());
      return;
    }
    InetSocketAddress server = new InetSocketAddress(addresses.get(tried), url.port());
    ChannelFuture connected =
        new Bootstrap()
            .group(means.loop())
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, means.limits().connectMillis())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(PIECE))
            .handler(new Lines())
            .connect(server);
    channel = connected.channel();
    connected.addListener(
        done -> {
          if (!done.isSuccess()) {
            boolean more = tried + 1 < Math.min(addresses.size(), MOST_ADDRESSES);
            if (more) {
              connect(addresses, tried + 1);
            } else {
              fail("cannot connect to " + server + ": " + done.cause().getMessage());
            }
          }
        });
  }

  /** A connection's handlers. */
  private final class Lines extends ChannelInitializer<EpollSocketChannel> {
    @Override
    protected void initChannel(EpollSocketChannel connection) {
      if (url.secure()) {
        SslHandler tls = means.tls().newHandler(connection.alloc(), url.host(), url.port());
        tls.setHandshakeTimeoutMillis(means.limits().connectMillis());
        connection.pipeline().addLast(tls);
      }
      HttpDecoderConfig limits =
          new HttpDecoderConfig()
              .setMaxInitialLineLength(LONGEST_LINE)
              .setMaxHeaderSize(LONGEST_HEADER)
              .setMaxChunkSize(PIECE);
      connection
          .pipeline()
          .addLast(new HttpClientCodec(limits, false, false))
          .addLast(new DownloadConnection(Download.this, url, task.origin()));
    }
  }

  /** The server has sent us elsewhere. */
  void redirect(@Nullable String location) {
    ListUrl next = url.redirectedTo(location);
    redirects++;
    if (next == null) {
      fail(
          "it redirects to "
              + (location == null ? "nowhere" : location)
              + ", which is not followed");
    } else if (redirects > means.limits().maxRedirects()) {
      fail("it redirects more than " + means.limits().maxRedirects() + " times");
    } else {
      hangUp();
      url = next;
      resolve();
    }
  }

  /** The server has nothing newer. */
  void unchanged() {
    StoredList.Origin old = task.origin();
    StoredList.Origin confirmed =
        new StoredList.Origin(
            old.url(), old.etag(), old.lastModified(), means.epochSeconds().getAsLong());
    if (stop()) {
      onFiles(
          () -> {
            task.stored().note(confirmed);
            end.complete(new FetchResult.Unchanged());
          });
    }
  }

  /** A list begins. */
  void begin() {
    onFiles(arriving::open);
  }

  /**
   * A piece of it has come.
   *
   * @param piece is released here
   * @param written runs on the loop when there is room for more
   */
  void take(ByteBuf piece, Runnable written) {
    boolean queued =
        onFiles(
            () -> {
              try {
                arriving.write(piece);
              } finally {
                piece.release();
              }
              means.loop().execute(written);
            });
    if (!queued) {
      piece.release();
    }
  }

  /** All of it has come. */
  void finish(boolean compressed, String etag, String lastModified) {
    StoredList.Origin origin =
        new StoredList.Origin(
            task.url().toString(), etag, lastModified, means.epochSeconds().getAsLong());
    if (stop()) {
      onFiles(() -> end.complete(arriving.finish(compressed, task.judge(), origin)));
    }
  }

  long maxBytes() {
    return means.limits().maxBytes();
  }

  /** No list will come of this. */
  void fail(String reason) {
    if (stop()) {
      onFiles(
          () -> {
            discard();
            end.complete(new FetchResult.Failed(task.url() + ": " + reason));
          });
    }
  }

  /** False when it had ended before. */
  private boolean stop() {
    if (ended) {
      return false;
    }
    ended = true;
    Future<?> waiting = deadline;
    if (waiting != null) {
      waiting.cancel(false);
    }
    hangUp();
    return true;
  }

  private void hangUp() {
    Channel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  /** Whether this connection is the one that counts. */
  boolean isCurrent(Channel connection) {
    return connection == channel;
  }

  /** What waits for the disk. */
  private interface DiskTask {
    void run() throws IOException;
  }

  private boolean onFiles(DiskTask work) {
    try {
      means.files().execute(() -> guarded(work));
      return true;
    } catch (RejectedExecutionException e) {
      end.complete(new FetchResult.Failed("dotp is stopping"));
      return false;
    }
  }

  private void guarded(DiskTask work) {
    try {
      work.run();
    } catch (IOException | RuntimeException | Error e) {
      // Whatever it was: who waits for the end must hear of it.
      discard();
      end.complete(new FetchResult.Failed(task.url() + ": " + reason(e)));
      means.loop().execute(this::stop);
    }
  }

  private void discard() {
    try {
      arriving.discard();
    } catch (IOException e) {
      LOG.debug("rest of a download stays, the next one writes over it error=\"{}\"", reason(e));
    }
  }

  private static String reason(Throwable e) {
    return e instanceof IOException && e.getMessage() != null
        ? e.getClass().getSimpleName() + " " + e.getMessage()
        : e.toString();
  }
}
