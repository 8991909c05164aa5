package io.dotp.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Any text for a configuration file: a configuration or mistakes, never exceptions. */
class TomlSettingsFuzzTest {
  private static final Environment PLACE =
      new Environment(true, Path.of("/root"), Path.of("/nowhere"));

  @FuzzTest(maxDuration = "10m")
  void parse_anyText_givesAConfigurationOrMistakes(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    List<String> mistakes = new ArrayList<>();

    Settings settings = TomlSettings.parse(Path.of("/etc/dotp/dotp.toml"), text, mistakes);

    if (settings == null) {
      require(!mistakes.isEmpty());
      return;
    }
    SettingLayers layers = new SettingLayers(settings, mistakes, true);
    ConfigResult result = ConfigBuilder.build(layers, PLACE);
    require(!(result instanceof ConfigResult.Valid) || mistakes.isEmpty());
    require(
        !(result instanceof ConfigResult.Invalid invalid)
            || invalid.mistakes().stream().noneMatch(String::isBlank));
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("a result that says nothing");
    }
  }
}
