package io.dotp.dns.upstream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;

/** Answers DNS over HTTPS as told: a script per first label, and the sound answer without one. */
final class DohServer implements AutoCloseable {
  /** What happens to a request. */
  interface Script {
    void run(Exchange exchange);
  }

  /** A request as it was seen. */
  record Request(String line, String authority, String types, int length, int id) {}

  /** One request and its answer. */
  static final class Exchange {
    final byte[] query;
    final Channel connection;
    private final ChannelHandlerContext context;
    private final FullHttpRequest request;

    private Exchange(byte[] query, ChannelHandlerContext context, FullHttpRequest request) {
      this.query = query;
      this.context = context;
      this.connection =
          context.channel().parent() instanceof EpollServerSocketChannel
              ? context.channel()
              : context.channel().parent();
      this.request = request;
    }

    void reply(byte[] message) {
      reply(200, "application/dns-message", message);
    }

    void reply(int status, String contentType, byte[] body) {
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.valueOf(status),
              Unpooled.wrappedBuffer(body));
      response.headers().set("content-type", contentType).set("content-length", body.length);
      String stream = request.headers().get("x-http2-stream-id");
      if (stream != null) {
        response.headers().set("x-http2-stream-id", stream);
      }
      context.writeAndFlush(response);
    }

    void resetStream() {
      context.close();
    }

    void goAway() {
      connection.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
  }

  final Queue<Request> seen = new ConcurrentLinkedQueue<>();
  final AtomicInteger accepted = new AtomicInteger();
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Channel listener;

  /**
   * @param mostStreams at a time, 0 for no limit
   * @param protocols what it takes by ALPN
   */
  DohServer(KeyManagerFactory keys, int mostStreams, String... protocols) throws Exception {
    SslContext tls =
        SslContextBuilder.forServer(keys)
            .sslProvider(SslProvider.JDK)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    protocols))
            .build();
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accepted.incrementAndGet();
                    connection
                        .pipeline()
                        .addLast(tls.newHandler(connection.alloc()))
                        .addLast(new Negotiated(mostStreams));
                  }
                })
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .sync()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  DohServer on(String label, Script script) {
    scripts.put(label, script);
    return this;
  }

  /** Installs what ALPN has chosen. */
  private final class Negotiated extends ApplicationProtocolNegotiationHandler {
    private final int mostStreams;

    Negotiated(int mostStreams) {
      super("none");
      this.mostStreams = mostStreams;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (protocol.equals("h2")) {
        Http2Settings settings = Http2Settings.defaultSettings();
        if (mostStreams > 0) {
          settings.maxConcurrentStreams(mostStreams);
        }
        context
            .pipeline()
            .addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings).build())
            .addLast(
                new Http2MultiplexHandler(
                    new ChannelInitializer<Channel>() {
                      @Override
                      protected void initChannel(Channel stream) {
                        stream
                            .pipeline()
                            .addLast(new Http2StreamFrameToHttpObjectCodec(true))
                            .addLast(new HttpObjectAggregator(65_535))
                            .addLast(new Answering());
                      }
                    }));
      } else {
        context
            .pipeline()
            .addLast(new HttpServerCodec())
            .addLast(new HttpObjectAggregator(65_535))
            .addLast(new Answering());
      }
    }
  }

  /** Runs the scripts. */
  private final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      ByteBuf content = request.content();
      byte[] query = ByteBufUtil.getBytes(content);
      seen.add(
          new Request(
              request.method() + " " + request.uri(),
              request.headers().get("host"),
              request.headers().get("content-type") + " " + request.headers().get("accept"),
              query.length,
              content.getUnsignedShort(0)));
      scripts
          .getOrDefault(Answers.label(query), exchange -> exchange.reply(Answers.good(query)))
          .run(new Exchange(query, context, request));
    }
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
