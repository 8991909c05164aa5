package io.dotp.daemon;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;

/**
 * Holds the right to write one nftables table: an abstract Unix socket (unix(7)), which exists once
 * in a network namespace, as the table does, and vanishes with its process however that ends.
 */
final class TableLock implements AutoCloseable {
  private final Channel socket;

  private TableLock(Channel socket) {
    this.socket = socket;
  }

  /** Thread: main, never a loop. */
  static TableLock take(String table, EventLoop loop) throws StartFailure {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(new HangUp())
            .bind(new DomainSocketAddress("\0dotp/table/" + table))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new StartFailure(
          ExitCode.FILE,
          "nftables table "
              + table
              + " is in use by another dotp; stop it, or give this one its own"
              + " --nft-table");
    }
    return new TableLock(bound.channel());
  }

  @Override
  public void close() {
    socket.close().awaitUninterruptibly();
  }

  /** Nobody has business here. */
  private static final class HangUp extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext added) {
      added.close();
    }
  }
}
