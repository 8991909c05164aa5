package io.dotp.dns.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

/**
 * Messages behind their length in two bytes, told apart by their IDs: TCP (RFC 7766 section 8) and
 * TLS (RFC 7858 section 3.3) alike. Thread: the connection's loop.
 */
final class FramedWire extends SimpleChannelInboundHandler<ByteBuf> implements MessageWire {
  private static final int LENGTH_FIELD = 2;
  private static final int LARGEST_FRAME = LENGTH_FIELD + 0xffff;

  private final StreamConnection connection;
  private final Channel channel;

  private FramedWire(StreamConnection connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  static FramedWire install(StreamConnection connection, Channel channel) {
    FramedWire wire = new FramedWire(connection, channel);
    channel
        .pipeline()
        .addLast(new LengthFieldBasedFrameDecoder(LARGEST_FRAME, 0, LENGTH_FIELD, 0, LENGTH_FIELD))
        .addLast(wire);
    return wire;
  }

  @Override
  public void send(int id, ByteBuf message) {
    int length = message.readableBytes();
    ByteBuf framed = channel.alloc().directBuffer(LENGTH_FIELD + length);
    framed.writeShort(length).writeBytes(message, message.readerIndex(), length);
    framed.setShort(LENGTH_FIELD, id);
    // A failed write closes the connection, and closing tells all who wait.
    channel.write(framed);
  }

  /** The answer will find nobody. */
  @Override
  public void cancel(int id) {}

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
    int id =
        message.readableBytes() < QueryEncoder.HEADER_LENGTH
            ? StreamConnection.NO_ID
            : message.getUnsignedShort(message.readerIndex());
    connection.onMessage(id, message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.onException(cause);
  }
}
