package io.dotp.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingLayersTest {
  @TempDir Path directory;

  @Test
  void scalar_laterLayers_override() throws IOException {
    Path file = write("dotp.toml", "nat-ttl = 100\nfake-ttl = 10\nquarantine = 200\nport = 1");
    write("conf.d/10.toml", "nat-ttl = 101\nfake-ttl = 11\nquarantine = 201");
    write("conf.d/20.toml", "fake-ttl = 12\nquarantine = 202");
    Map<String, String> variables = Map.of("DOTP_QUARANTINE", "203", "DOTP_FAKE_TTL", "13");
    Settings flags = Settings.ofFlags(Map.of("fake-ttl", List.of("14")));

    Settings all = read(file, variables, flags);

    assertThat(text(all, "port")).isEqualTo("1");
    assertThat(text(all, "nat-ttl")).isEqualTo("101");
    assertThat(text(all, "quarantine")).isEqualTo("203");
    assertThat(text(all, "fake-ttl")).isEqualTo("14");
  }

  @Test
  void list_laterLayers_append() throws IOException {
    Path file = write("dotp.toml", "host = [\"10.0.0.1\", \"10.0.0.2\"]");
    write("conf.d/a.toml", "host = \"10.0.0.3\"");
    Map<String, String> variables = Map.of("DOTP_HOST", " 10.0.0.4\t10.0.0.5 ");
    Settings flags = Settings.ofFlags(Map.of("host", List.of("10.0.0.6")));

    Settings all = read(file, variables, flags);

    assertThat(all.all("host"))
        .extracting(Setting::text)
        .containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6");
    assertThat(all.all("host"))
        .extracting(Setting::place)
        .containsExactly(
            file + ":1:9: host",
            file + ":1:21: host",
            directory + "/conf.d/a.toml:1:1: host",
            "DOTP_HOST",
            "DOTP_HOST",
            "--host");
  }

  @Test
  void confD_otherFiles_areLeftAlone() throws IOException {
    Path file = write("dotp.toml", "port = 1");
    write("conf.d/a.toml.bak", "port = 2");
    write("conf.d/b.conf", "port = 3");

    assertThat(text(read(file, Map.of(), Settings.NONE), "port")).isEqualTo("1");
  }

  @Test
  void confD_withoutANamedFile_countsForNothing() throws IOException {
    write("conf.d/a.toml", "port = 2");

    assertThat(read(null, Map.of(), Settings.NONE).values()).isEmpty();
  }

  @Test
  void routes_ofAllFiles_standInTheirOrderBehindThatOfTheFlags() throws IOException {
    Path file =
        write("dotp.toml", "host = \"10.0.0.1\"\nupstream-host = \"9.9.9.9\"\n" + route("a", 1));
    write("conf.d/1.toml", route("b", 2) + route("c", 3));
    Settings flags =
        Settings.ofFlags(
            Map.of("domain", List.of("example.com"), "ipv4-prefix", List.of("10.1.0.0/24")));

    Config config = config(SettingLayers.read(file, Map.of(), flags));

    assertThat(config.routes())
        .extracting(RouteConfig::name)
        .containsExactly("default", "a", "b", "c");
  }

  @Test
  void routes_withoutFlags_needNoNameOfTheCommandLine() throws IOException {
    Path file =
        write("dotp.toml", "host = \"10.0.0.1\"\nupstream-host = \"9.9.9.9\"\n" + route("a", 1));

    Config config = config(SettingLayers.read(file, Map.of(), Settings.NONE));

    assertThat(config.routes()).extracting(RouteConfig::name).containsExactly("a");
    assertThat(config.routes().get(0).allowPrivateReal()).isFalse();
  }

  @Test
  void route_withItsOwnUpstream_mayHavePrivateRealAddresses() throws IOException {
    String own = route("a", 1) + "upstream-host = [\"10.9.0.1\"]\nupstream-port = 5353\n";
    Path file = write("dotp.toml", "host = \"10.0.0.1\"\nupstream-host = \"9.9.9.9\"\n" + own);

    RouteConfig route = config(SettingLayers.read(file, Map.of(), Settings.NONE)).routes().get(0);

    assertThat(route.allowPrivateReal()).isTrue();
    assertThat(Objects.requireNonNull(route.upstream()).servers())
        .containsExactly(
            UpstreamEndpoint.plain(Objects.requireNonNull(IpAddress.parse("10.9.0.1")), 5353));
  }

  @Test
  void relativePath_inAFile_isReadFromItsDirectory() throws IOException {
    Path file =
        write(
            "etc/dotp.toml",
            "host = \"10.0.0.1\"\nupstream-host = \"9.9.9.9\"\nstate-dir = \"state\"\n"
                + route("a", 1));

    Config config = config(SettingLayers.read(file, Map.of(), Settings.NONE));

    assertThat(config.process().stateDir()).isEqualTo(directory.resolve("etc/state"));
  }

  @Test
  void variable_unknown_isAMistakeWithASuggestion() {
    SettingLayers layers =
        SettingLayers.read(
            null,
            Map.of("DOTP_HOTS", "1", "DOTP_JAVA_OPTS", "-Xint", "DOTP_CONFIG", "x", "HOST", "y"),
            Settings.NONE);

    assertThat(layers.mistakes())
        .containsExactly("DOTP_HOTS: unknown variable, did you mean DOTP_HOST?");
  }

  @Test
  void variable_ofASwitchWithAnotherWord_isAMistake() {
    Map<String, String> variables = Map.of("DOTP_DRY_RUN", "yes", "DOTP_CAPTURE_DNS", "true");

    assertThat(SettingLayers.read(null, variables, Settings.NONE).mistakes())
        .containsExactly("DOTP_DRY_RUN: 'yes' is neither true nor false");
  }

  @Test
  void variable_ofSomebodyElse_isLeftAlone() {
    Map<String, String> variables = Map.of("DOTP_LAB", "1", "DOTP_SERVICE_HOST", "10.0.0.1");

    assertThat(read(null, variables, Settings.NONE).values()).isEmpty();
  }

  @Test
  void variable_wrong_isNamedAsItIsWritten() {
    SettingLayers layers = SettingLayers.read(null, Map.of("DOTP_PORT", "x"), Settings.NONE);

    assertThat(mistakes(layers)).contains("DOTP_PORT: 'x' is no port, 1 to 65535");
  }

  @Test
  void file_missing_isTheOnlyMistake() {
    Path file = directory.resolve("none.toml");

    assertThat(mistakes(SettingLayers.read(file, Map.of(), Settings.NONE)))
        .containsExactly(file + ": cannot be read: no such file");
  }

  @Test
  void file_notUtf8_isTheOnlyMistake() throws IOException {
    Path file = directory.resolve("latin.toml");
    Files.write(file, new byte[] {'#', (byte) 0xe4, '\n'});

    assertThat(mistakes(SettingLayers.read(file, Map.of(), Settings.NONE)))
        .containsExactly(file + ": is not UTF-8 text");
  }

  private static Settings read(@Nullable Path file, Map<String, String> variables, Settings flags) {
    SettingLayers layers = SettingLayers.read(file, variables, flags);
    assertThat(layers.mistakes()).isEmpty();
    return layers.settings();
  }

  private static String text(Settings settings, String key) {
    Setting setting = settings.one(key);
    assertThat(setting).isNotNull();
    return setting.text();
  }

  private static String route(String name, int number) {
    return "[[route]]\nname = \"%s\"\ndomain = \"%s.example\"\nipv4-prefix = \"198.18.%d.0/24\"\n"
        .formatted(name, name, number);
  }

  private Config config(SettingLayers layers) {
    ConfigResult result = build(layers);
    assertThat(result).as("" + result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  private List<String> mistakes(SettingLayers layers) {
    ConfigResult result = build(layers);
    assertThat(result).isInstanceOf(ConfigResult.Invalid.class);
    return ((ConfigResult.Invalid) result).mistakes();
  }

  private ConfigResult build(SettingLayers layers) {
    return ConfigBuilder.build(layers, new Environment(true, Path.of("/nowhere"), directory));
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
