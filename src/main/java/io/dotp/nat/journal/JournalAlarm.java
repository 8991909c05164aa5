package io.dotp.nat.journal;

import io.dotp.metrics.JournalMetrics;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that the file cannot be written, once a minute at most. Thread: journal. */
final class JournalAlarm {
  private static final Logger LOG = LoggerFactory.getLogger(JournalAlarm.class);
  private static final long GAP_NANOS = 60_000_000_000L;

  private final Path file;
  private final JournalMetrics metrics;
  private boolean warned;
  private long lastNanos;
  private long suppressed;

  /** Whether the last that was said is that something fails. */
  private boolean raised;

  JournalAlarm(Path file, JournalMetrics metrics) {
    this.file = file;
    this.metrics = metrics;
  }

  void failed(String what, IOException cause, long nowNanos) {
    metrics.writeFailures.increment();
    if (warned && nowNanos - lastNanos < GAP_NANOS) {
      suppressed++;
      return;
    }
    warned = true;
    raised = true;
    lastNanos = nowNanos;
    LOG.warn(
        "journal of mappings cannot be {} file={} error={} more={}; answers go on, but a crash now"
            + " forgets names and shortens the rest of fakes: free space or make the directory"
            + " writable",
        what,
        file,
        reason(cause),
        suppressed);
    suppressed = 0;
  }

  /** The file says everything again. */
  void recovered() {
    if (raised) {
      raised = false;
      LOG.info("journal of mappings is written again file={} more={}", file, suppressed);
    }
  }

  static String reason(IOException e) {
    return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
  }
}
