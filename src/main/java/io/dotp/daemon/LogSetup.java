package io.dotp.daemon;

import io.dotp.config.ProcessConfig.LogLevel;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Where the log goes: one line per record on standard error, with a priority prefix for journald
 * when it is the reader (sd-daemon(3)), without a time then because the journal has its own.
 */
final class LogSetup {
  private static final int FILE_BYTES = 4 * 1024 * 1024;
  private static final int FILE_COUNT = 2;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

  private final boolean journal;
  private final Logger root = Logger.getLogger("");

  /**
   * @param journal whether journald reads our standard error
   */
  LogSetup(boolean journal) {
    this.journal = journal;
  }

  /** From here on. Thread: any. */
  void level(LogLevel level) {
    root.setLevel(julLevel(level));
  }

  void toStream(PrintStream stream, LogLevel level) {
    LogManager.getLogManager().reset();
    root.setLevel(julLevel(level));
    // Libraries chat at INFO and below; their warnings are ours to read.
    Logger.getLogger("io.netty").setLevel(Level.WARNING);
    root.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            if (isLoggable(entry)) {
              stream.print(format(entry, journal));
            }
          }

          @Override
          public void flush() {
            stream.flush();
          }

          @Override
          public void close() {
            flush();
          }
        });
    for (Handler handler : root.getHandlers()) {
      handler.setLevel(Level.ALL);
    }
  }

  /**
   * For a daemon without a terminal: two files of 4 MiB in turn, so that they never fill a disk.
   */
  void toFile(Path file) throws IOException {
    FileHandler handler = new FileHandler(file.toString(), FILE_BYTES, FILE_COUNT, true);
    handler.setLevel(Level.ALL);
    handler.setFormatter(
        new Formatter() {
          @Override
          public String format(LogRecord entry) {
            return LogSetup.format(entry, false);
          }
        });
    for (Handler old : root.getHandlers()) {
      root.removeHandler(old);
    }
    root.addHandler(handler);
  }

  private static String format(LogRecord entry, boolean journal) {
    StringBuilder line = new StringBuilder(160);
    if (journal) {
      line.append('<').append(priority(entry.getLevel())).append('>');
    } else {
      line.append(TIME.format(entry.getInstant().atZone(ZoneId.systemDefault()))).append(' ');
      line.append(word(entry.getLevel())).append(' ');
    }
    line.append(oneLine(String.valueOf(entry.getMessage()))).append('\n');
    Throwable thrown = entry.getThrown();
    if (thrown != null) {
      StringWriter stack = new StringWriter();
      thrown.printStackTrace(new PrintWriter(stack));
      line.append(stack);
    }
    return line.toString();
  }

  /** Foreign bytes reach the log; a line of theirs must not look like a line of ours. */
  private static String oneLine(String message) {
    StringBuilder line = new StringBuilder(message.length());
    message
        .codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                line.append(c == '\n' ? "\\n" : String.format(Locale.ROOT, "\\x%02x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString();
  }

  private static int priority(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return 3;
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return 4;
    }
    return level.intValue() >= Level.INFO.intValue() ? 6 : 7;
  }

  private static String word(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "WARN ";
    }
    return level.intValue() >= Level.INFO.intValue() ? "INFO " : "DEBUG";
  }

  private static Level julLevel(LogLevel level) {
    return switch (level) {
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }
}
