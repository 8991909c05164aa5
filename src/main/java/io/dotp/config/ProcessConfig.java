package io.dotp.config;

import java.nio.file.Path;

/**
 * The process itself.
 *
 * @param stateDir holds pool key and lock
 * @param logLevel the least severe level that is logged
 * @param daemonize whether the launcher waits for our readiness message
 */
public record ProcessConfig(Path stateDir, LogLevel logLevel, boolean daemonize) {
  /** Severity of log records, least severe last. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }
}
