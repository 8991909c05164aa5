package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.ConfigBuilder;
import io.dotp.config.ConfigReread;
import io.dotp.config.ConfigResult;
import io.dotp.config.Environment;
import io.dotp.config.RereadResult;
import io.dotp.config.RouteId;
import io.dotp.config.SettingLayers;
import io.dotp.config.Settings;
import io.dotp.ip.IpAddress;
import io.dotp.nat.mapping.Mapping;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A whole daemon on 127.0.0.1 over a dry-run kernel, its upstream, and a client. */
final class LoopbackDaemon implements AutoCloseable {
  private static final AtomicLong TABLES = new AtomicLong(ProcessHandle.current().pid() * 1000);

  /** Stands for address and port of the scripted upstream in the value of a flag. */
  static final String UPSTREAM = "@upstream";

  /** The same for the one that is there for zones that go elsewhere. */
  static final String OTHER = "@other";

  /** In the state directory. */
  private static final String CONFIG = "dotp.toml";

  private static final Map<String, String> SHORT_FLAGS =
      Map.of("-d", "domain", "-4", "ipv4-prefix", "-6", "ipv6-prefix");

  private final ScriptedUpstream upstream = new ScriptedUpstream();
  private final ScriptedUpstream other = new ScriptedUpstream();
  private final AtomicLong skippedNanos = new AtomicLong();
  private InetSocketAddress address;
  private final Daemon daemon;
  private final Path directory;
  private final String table = "t" + TABLES.incrementAndGet();
  private SettingLayers started = SettingLayers.of(Settings.ofFlags(Map.of()));

  /**
   * @param given flags and their values in turn, any but those of listener and upstream; {@value
   *     #UPSTREAM} in a value stands for the scripted upstream
   */
  LoopbackDaemon(List<String> given, Path stateDir) throws Exception {
    this(given, "", stateDir);
  }

  /**
   * @param text of the configuration file, empty for none
   */
  LoopbackDaemon(List<String> given, String text, Path stateDir) throws Exception {
    address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), freePort());
    directory = stateDir;
    if (!text.isEmpty()) {
      configure(text);
    }
    daemon = start(given, stateDir);
  }

  /** A port that was free a moment ago may be somebody's by now; another one is not. */
  private Daemon start(List<String> given, Path stateDir) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        return Daemon.start(config(given, stateDir), () -> System.nanoTime() + skippedNanos.get());
      } catch (StartFailure e) {
        if (attempt == 5 || e.code() != ExitCode.NETWORK) {
          throw e;
        }
        address = new InetSocketAddress(address.getAddress(), freePort());
      }
    }
  }

  private Config config(List<String> given, Path stateDir) {
    started = layers(given, stateDir);
    ConfigResult result = ConfigBuilder.build(started, environment());
    if (result instanceof ConfigResult.Invalid invalid) {
      throw new AssertionError(String.valueOf(invalid.mistakes()));
    }
    return ((ConfigResult.Valid) result).config();
  }

  private SettingLayers layers(List<String> given, Path stateDir) {
    Path file = stateDir.resolve(CONFIG);
    return SettingLayers.read(Files.exists(file) ? file : null, Map.of(), flags(given, stateDir));
  }

  /**
   * Writes the configuration file that is read beside the flags from now on.
   *
   * @param text as of the values of flags
   */
  void configure(String text) throws IOException {
    Files.writeString(directory.resolve(CONFIG), placed(text));
  }

  private String placed(String text) {
    return text.replace(UPSTREAM, "127.0.0.1:" + upstream.port())
        .replace(OTHER, "127.0.0.1:" + other.port());
  }

  private Environment environment() {
    return new Environment(false, directory, Path.of("").toAbsolutePath());
  }

  /**
   * Reloads as SIGHUP does, and waits for it.
   *
   * @param given as in the constructor
   * @return whether the new configuration is in force
   */
  boolean reload(String... given) {
    return reload(new ConfigReread(started, environment()).of(layers(List.of(given), directory)));
  }

  boolean reload(RereadResult read) {
    return daemon.reload(read) instanceof ReloadResult.Taken;
  }

  private static int freePort() throws IOException {
    try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      return probe.getLocalPort();
    }
  }

  private Settings flags(List<String> words, Path stateDir) {
    Map<String, List<String>> given = new HashMap<>();
    given.put("host", new ArrayList<>(List.of("127.0.0.1")));
    given.put("port", List.of(Integer.toString(address.getPort())));
    given.put("upstream-host", List.of("127.0.0.1"));
    given.put("upstream-port", List.of(Integer.toString(upstream.port())));
    given.put("state-dir", List.of(stateDir.toString()));
    given.put("nft-table", List.of(table));
    given.put("dry-run", List.of("true"));
    // What a machine under load does to a thread is no matter of these tests.
    given.put("commit-deadline", List.of("5000"));
    given.put("log-level", List.of("warn"));
    for (int i = 0; i + 1 < words.size(); i += 2) {
      String flag = words.get(i);
      String key = SHORT_FLAGS.getOrDefault(flag, flag.substring(2));
      given.computeIfAbsent(key, first -> new ArrayList<>()).add(placed(words.get(i + 1)));
    }
    return Settings.ofFlags(given);
  }

  InetSocketAddress address() {
    return address;
  }

  ScriptedUpstream upstream() {
    return upstream;
  }

  ScriptedUpstream other() {
    return other;
  }

  ScenarioClient client() {
    return new ScenarioClient(address);
  }

  /**
   * @param own address to ask from
   */
  ScenarioClient client(String own) throws IOException {
    InetAddress source = InetAddress.getByName(own);
    InetAddress server = source instanceof Inet6Address ? source : address.getAddress();
    return new ScenarioClient(new InetSocketAddress(server, address.getPort()), source);
  }

  Daemon daemon() {
    return daemon;
  }

  void skipSeconds(long seconds) {
    skippedNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Nullable Mapping mapping(String real) {
    return mapping(real, RouteId.DEFAULT.name());
  }

  @Nullable Mapping mapping(String real, String route) {
    return daemon
        .mappings()
        .byReal(new RouteId(route), Objects.requireNonNull(IpAddress.parse(real)));
  }

  @Override
  public void close() throws IOException {
    daemon.close();
    upstream.close();
    other.close();
  }
}
