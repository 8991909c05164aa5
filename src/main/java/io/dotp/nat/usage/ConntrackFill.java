package io.dotp.nat.usage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How full the kernel's connection tracking table is: a full one drops the first packet of every
 * new flow, of all hosts, and only the kernel's log tells. Thread: one for {@link #check}, any for
 * the values.
 *
 * <p>Source: Documentation/networking/nf_conntrack-sysctl.rst.
 */
public final class ConntrackFill {
  private static final Logger LOG = LoggerFactory.getLogger(ConntrackFill.class);
  private static final Path DIRECTORY = Path.of("/proc/sys/net/netfilter");
  private static final int WARN_PERCENT = 90;
  private static final int CLEAR_PERCENT = 80;

  private final Path directory;
  private volatile long entries = -1;
  private volatile long limit = -1;
  private volatile boolean alarmed;

  public ConntrackFill() {
    this(DIRECTORY);
  }

  ConntrackFill(Path directory) {
    this.directory = directory;
  }

  /** Reads the two numbers and warns when they have come too close; silent without conntrack. */
  public void check() {
    long count = number("nf_conntrack_count");
    long max = number("nf_conntrack_max");
    entries = count;
    limit = max;
    // A limit of 0 is none.
    if (count < 0 || max <= 0) {
      return;
    }
    if (!alarmed && count * 100 >= max * WARN_PERCENT) {
      alarmed = true;
      LOG.warn(
          "connection tracking is nearly full entries={} limit={}; new connections will be dropped,"
              + " raise net.netfilter.nf_conntrack_max",
          count,
          max);
    } else if (alarmed && count * 100 < max * CLEAR_PERCENT) {
      alarmed = false;
      LOG.info("connection tracking has room again entries={} limit={}", count, max);
    }
  }

  /** Entries at the last check; below 0 when the kernel does not say. */
  public long entries() {
    return entries;
  }

  /** The most that there may be; 0 for no limit, below 0 when the kernel does not say. */
  public long limit() {
    return limit;
  }

  /** Whether it was too full lately. */
  public boolean isAlarmed() {
    return alarmed;
  }

  private long number(String name) {
    // One read: the files of sysctl give all they have to the first one, whatever its size, and a
    // library that knows a size of 0 begins with a single byte.
    try (InputStream file = Files.newInputStream(directory.resolve(name))) {
      byte[] text = new byte[32];
      int length = Math.max(0, file.read(text));
      return Long.parseLong(new String(text, 0, length, StandardCharsets.US_ASCII).strip());
    } catch (NoSuchFileException e) {
      return -1;
    } catch (IOException | NumberFormatException e) {
      LOG.debug("cannot read {}: {}", name, e.toString());
      return -1;
    }
  }
}
