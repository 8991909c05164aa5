package io.dotp.dns.upstream;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What servers are warned of while it is open. */
final class Warnings extends Handler implements AutoCloseable {
  final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger = Logger.getLogger(UpstreamServer.class.getName());

  Warnings() {
    logger.addHandler(this);
  }

  @Override
  public void publish(LogRecord each) {
    if (each.getLevel().intValue() >= Level.WARNING.intValue()) {
      lines.add(new SimpleFormatter().formatMessage(each));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
