package io.dotp.daemon;

import io.dotp.config.ControlConfig;
import io.dotp.control.ControlFunctions;
import io.dotp.control.ControlSocket;
import io.dotp.metrics.ControlMetrics;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the control socket. Thread: main. */
final class ControlStart {
  private static final Logger LOG = LoggerFactory.getLogger(ControlStart.class);
  private static final long PATIENCE_MILLIS = 10_000;

  private ControlStart() {}

  /**
   * What can be seen before anything is changed in the kernel.
   *
   * @throws StartFailure when the socket was asked for and cannot be had
   */
  static void check(ControlConfig config) throws StartFailure {
    String obstacle = config.chosen() ? ControlSocket.obstacle(config.socket()) : null;
    if (obstacle != null) {
      throw refusal(obstacle);
    }
  }

  private static StartFailure refusal(String failure) {
    return new StartFailure(ExitCode.FILE, "--control-socket: " + failure);
  }

  /**
   * Null when the socket cannot be had and was not asked for: DNS is worth more than commands.
   *
   * @throws StartFailure when it was asked for
   */
  static @Nullable ControlSocket open(
      ControlConfig config, EventLoop loop, ControlFunctions functions, ControlMetrics metrics)
      throws StartFailure {
    ControlSocket socket =
        new ControlSocket(config.socket(), loop, functions, metrics, PATIENCE_MILLIS);
    String failure = socket.bind();
    if (failure == null) {
      return socket;
    }
    socket.close();
    if (config.chosen()) {
      throw refusal(failure);
    }
    LOG.warn(
        "no control socket, dotp status and dotp reload will not find this process reason=\"{}\":"
            + " name another file with --control-socket",
        failure);
    return null;
  }
}
