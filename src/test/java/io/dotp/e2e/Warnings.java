package io.dotp.e2e;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** What one class warns of while this is open. */
public final class Warnings extends Handler implements AutoCloseable {
  public final List<String> lines = new CopyOnWriteArrayList<>();

  /** Kept, because the platform keeps no logger that nobody else holds. */
  private final Logger logger;

  /** What it was told to log before; null for what its parents are told. */
  private final @Nullable Level before;

  public Warnings(Class<?> warner) {
    logger = Logger.getLogger(warner.getName());
    before = logger.getLevel();
    logger.setLevel(Level.WARNING);
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
    logger.setLevel(before);
  }
}
