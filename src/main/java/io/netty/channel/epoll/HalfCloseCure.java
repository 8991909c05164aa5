package io.netty.channel.epoll;

import io.netty.channel.Channel;
import java.io.IOException;

/**
 * Keeps EPOLLERR in a channel's interest mask, so that the mask is never 0. Netty 4.2.13 to 4.2.20
 * removes a descriptor with mask 0 from epoll but goes on to modify it afterwards, which fails: a
 * half-closed connection is closed before its answer is sent, and a listener that has stopped
 * accepting never accepts again. Superfluous with the first release after 4.2.20 whose
 * EpollIoHandler registers such a descriptor anew; it stands in Netty's package because the flag is
 * package-private there.
 */
public final class HalfCloseCure {
  private HalfCloseCure() {}

  /**
   * Applies the cure; to be called while the channel is initialised.
   *
   * @throws IOException when epoll refuses the mask
   */
  public static void apply(Channel channel) throws IOException {
    ((AbstractEpollChannel) channel).setFlag(EpollIoOps.EPOLLERR.value());
  }
}
