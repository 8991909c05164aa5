package io.dotp.cli;

import io.dotp.config.ControlConfig;
import io.dotp.config.Environment;
import io.dotp.config.Setting;
import io.dotp.config.SettingLayers;
import io.dotp.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a client looks for the daemon: the flag, the environment, the configuration that it is told
 * of, the default.
 *
 * @param mistakes of that configuration, which may be why nobody is found
 */
record SocketPlace(Path socket, List<String> mistakes) {
  static SocketPlace find(
      @Nullable String flag, @Nullable String configFile, Map<String, String> variables) {
    Environment place = ProcessEnvironment.of(variables);
    Path working = place.workingDirectory();
    String named = flag == null ? variables.getOrDefault("DOTP_CONTROL_SOCKET", "") : flag;
    if (!named.isEmpty()) {
      return new SocketPlace(working.resolve(named), List.of());
    }
    String file = configFile == null ? variables.getOrDefault("DOTP_CONFIG", "") : configFile;
    Path stateDir = place.defaultStateDir();
    if (file.isEmpty()) {
      return new SocketPlace(ControlConfig.defaultSocket(place, stateDir), List.of());
    }
    SettingLayers layers =
        SettingLayers.read(
            working.resolve(file).normalize(), variables, Settings.ofFlags(Map.of()));
    Path state = path(layers, "state-dir", working);
    Path socket = path(layers, "control-socket", working);
    Path otherwise = ControlConfig.defaultSocket(place, state == null ? stateDir : state);
    return new SocketPlace(socket == null ? otherwise : socket, layers.mistakes());
  }

  private static @Nullable Path path(SettingLayers layers, String key, Path working) {
    Setting given = layers.settings().one(key);
    if (given == null) {
      return null;
    }
    Path directory = given.directory() == null ? working : given.directory();
    return directory.resolve(given.text());
  }
}
