package io.dotp.lists.fetch;

import io.dotp.dns.upstream.TlsClient;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Locale;

/**
 * One connection of a download: one request, one answer. It reads on only when the disk has taken
 * what came before. Thread: the loop.
 */
final class DownloadConnection extends ChannelDuplexHandler {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  private final Download download;
  private final ListUrl url;
  private final StoredList.Origin origin;
  private long received;
  private int beingWritten;
  private boolean listComes;
  private boolean compressed;
  private String etag = "";
  private String lastModified = "";

  DownloadConnection(Download download, ListUrl url, StoredList.Origin origin) {
    this.download = download;
    this.url = url;
    this.origin = origin;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (!url.secure()) {
      ask(context);
    }
    context.read();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        ask(context);
      } else {
        download.fail(
            "no secure connection to "
                + url.authority()
                + ": "
                + TlsClient.faultOf(handshake.cause()));
      }
    }
    context.fireUserEventTriggered(event);
  }

  private static String root(Throwable fault) {
    Throwable cause = fault;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private void ask(ChannelHandlerContext context) {
    HttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, url.target());
    HttpHeaders headers = request.headers();
    headers.set(HttpHeaderNames.HOST, url.authority());
    headers.set(HttpHeaderNames.USER_AGENT, "dotp");
    headers.set(HttpHeaderNames.ACCEPT_ENCODING, "gzip");
    headers.set(HttpHeaderNames.CONNECTION, "close");
    if (!origin.etag().isEmpty()) {
      headers.set(HttpHeaderNames.IF_NONE_MATCH, origin.etag());
    }
    if (!origin.lastModified().isEmpty()) {
      headers.set(HttpHeaderNames.IF_MODIFIED_SINCE, origin.lastModified());
    }
    context.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (!download.isCurrent(context.channel())) {
        return;
      }
      if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
        download.fail("its answer is not HTTP: " + part.decoderResult().cause().getMessage());
        return;
      }
      if (message instanceof HttpResponse response) {
        onHeader(response);
      }
      if (message instanceof HttpContent content && listComes) {
        onContent(context, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onHeader(HttpResponse response) {
    int status = response.status().code();
    HttpHeaders headers = response.headers();
    if (status >= 100 && status < 200) {
      return;
    }
    if (status == NOT_MODIFIED && origin.fetchedAt() > 0) {
      download.unchanged();
    } else if (isRedirect(status)) {
      download.redirect(headers.get(HttpHeaderNames.LOCATION));
    } else if (status == OK) {
      begin(headers);
    } else {
      download.fail("its server answers " + response.status());
    }
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private void begin(HttpHeaders headers) {
    String encoding =
        headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity").toLowerCase(Locale.ROOT);
    compressed = encoding.equals("gzip") || encoding.equals("x-gzip");
    if (!compressed && !encoding.equals("identity")) {
      download.fail("it is encoded as " + encoding + ", which was not asked for");
      return;
    }
    etag = headers.get(HttpHeaderNames.ETAG, "");
    lastModified = headers.get(HttpHeaderNames.LAST_MODIFIED, "");
    listComes = true;
    download.begin();
  }

  private void onContent(ChannelHandlerContext context, HttpContent content) {
    received += content.content().readableBytes();
    if (received > download.maxBytes()) {
      listComes = false;
      download.fail("it is larger than " + download.maxBytes() + " bytes");
      return;
    }
    if (content.content().isReadable()) {
      beingWritten++;
      download.take(content.content().retain(), () -> onWritten(context));
    }
    if (content instanceof LastHttpContent) {
      listComes = false;
      download.finish(compressed, etag, lastModified);
    }
  }

  private void onWritten(ChannelHandlerContext context) {
    beingWritten--;
    readOn(context);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    readOn(context);
  }

  private void readOn(ChannelHandlerContext context) {
    if (beingWritten == 0) {
      context.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (download.isCurrent(context.channel())) {
      download.fail("the connection ended after " + received + " bytes");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (download.isCurrent(context.channel())) {
      download.fail("the connection to " + url.authority() + " broke: " + root(cause));
    }
    context.close();
  }
}
