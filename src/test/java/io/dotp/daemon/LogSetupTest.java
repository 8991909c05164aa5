package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ProcessConfig.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogSetupTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);

  @AfterEach
  void restoreLogging() throws IOException {
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void record_toATerminal_hasTimeAndLevel() {
    new LogSetup(false).toStream(stream, LogLevel.INFO);

    LoggerFactory.getLogger("io.dotp.test").warn("something happened key={}", 7);

    assertThat(text()).matches("\\d{4}-\\d\\d-\\d\\dT\\S+ WARN  something happened key=7\n");
  }

  @Test
  void record_toTheJournal_hasAPriorityInstead() {
    new LogSetup(true).toStream(stream, LogLevel.INFO);

    LoggerFactory.getLogger("io.dotp.test").error("broken");
    LoggerFactory.getLogger("io.dotp.test").info("fine");

    assertThat(text()).isEqualTo("<3>broken\n<6>fine\n");
  }

  @Test
  void record_withForeignControlCharacters_staysOneLine() {
    new LogSetup(true).toStream(stream, LogLevel.INFO);

    LoggerFactory.getLogger("io.dotp.test").info("name={}", "a\n<3>forged\u001b[2J");

    assertThat(text()).isEqualTo("<6>name=a\\n<3>forged\\x1b[2J\n");
  }

  @Test
  void record_belowTheLevel_isNotWritten() {
    new LogSetup(true).toStream(stream, LogLevel.WARN);

    LoggerFactory.getLogger("io.dotp.test").info("fine");

    assertThat(text()).isEmpty();
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
