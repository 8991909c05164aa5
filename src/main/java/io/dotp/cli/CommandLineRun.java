package io.dotp.cli;

import io.dotp.config.Config;
import io.dotp.config.ConfigBuilder;
import io.dotp.config.ConfigReread;
import io.dotp.config.ConfigResult;
import io.dotp.config.Environment;
import io.dotp.config.OwnTable;
import io.dotp.config.RereadResult;
import io.dotp.config.SettingLayers;
import io.dotp.daemon.CheckRun;
import io.dotp.daemon.DaemonRun;
import io.dotp.daemon.ExitCode;
import io.dotp.daemon.NftRun;
import io.dotp.nat.nft.LibNftables;
import io.netty.util.Version;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParameterException;

/** One run of the program, from the arguments to the exit code. */
public final class CommandLineRun {
  private static final List<String> NFT_DEEDS = List.of("print", "install", "remove");

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * @param environment the process's environment variables
   */
  public CommandLineRun(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs until the daemon stops, or until a mistake was reported.
   *
   * @return the exit status
   */
  public int run(String[] args) {
    return execute(args).status();
  }

  private ExitCode execute(String[] args) {
    boolean check = args.length > 0 && args[0].equals(DotpCommand.CHECK);
    boolean nft = args.length > 0 && args[0].equals(DotpCommand.NFT);
    String deed = nft && args.length > 1 ? args[1] : "";
    if (nft && !NFT_DEEDS.contains(deed)) {
      return refuse(List.of("nft: expected print, install or remove behind it"));
    }
    String[] words = Arrays.copyOfRange(args, nft ? 2 : check ? 1 : 0, args.length);
    Parsed parsed = parse(words);
    if (!parsed.mistakes.isEmpty()) {
      return refuse(parsed.mistakes);
    }
    DotpCommand command = parsed.command;
    if (command.isOn("--help")) {
      command.line().usage(out);
      return ExitCode.OK;
    }
    if (command.isOn("--version")) {
      printVersion();
      return ExitCode.OK;
    }
    Environment place = environment();
    SettingLayers layers = layers(command, place);
    if (deed.equals("remove")) {
      OwnTable own = OwnTable.read(layers, place);
      return own.mistakes().isEmpty()
          ? new NftRun(out, err).remove(own)
          : refuse(parsed.located(own.mistakes()));
    }
    ConfigResult result = ConfigBuilder.build(layers, place);
    if (result instanceof ConfigResult.Invalid invalid) {
      return refuse(parsed.located(invalid.mistakes()));
    }
    Config config = ((ConfigResult.Valid) result).config();
    if (check) {
      return new CheckRun(config, out).run();
    }
    if (nft) {
      NftRun run = new NftRun(out, err);
      return deed.equals("print") ? run.print(config) : run.install(config);
    }
    ConfigReread reread = new ConfigReread(layers, place);
    return new DaemonRun(config, environment, err).run(() -> reread(words, reread));
  }

  /** A file counts only when it is named: one that lies about changes nothing. */
  private SettingLayers layers(DotpCommand command, Environment place) {
    String named = command.configFile();
    String file = named == null ? environment.getOrDefault("DOTP_CONFIG", "") : named;
    Path path = file.isEmpty() ? null : place.workingDirectory().resolve(file).normalize();
    return SettingLayers.read(path, environment, command.flags());
  }

  /** The same words as at the start; the files that they name may say something else by now. */
  private RereadResult reread(String[] words, ConfigReread reread) {
    Parsed parsed = parse(words);
    if (!parsed.mistakes.isEmpty()) {
      return new RereadResult.Invalid(parsed.mistakes);
    }
    RereadResult result = reread.of(layers(parsed.command, environment()));
    return result instanceof RereadResult.Invalid invalid
        ? new RereadResult.Invalid(parsed.located(invalid.mistakes()))
        : result;
  }

  /** A command line with what is wrong about its form. */
  private record Parsed(DotpCommand command, Arguments arguments, List<String> mistakes) {
    List<String> located(List<String> found) {
      return found.stream().map(each -> arguments.located(each, command::spellings)).toList();
    }
  }

  private Parsed parse(String[] args) {
    DotpCommand command = new DotpCommand();
    Arguments arguments = new Arguments(args, environment().workingDirectory());
    if (!arguments.mistakes().isEmpty()) {
      return new Parsed(command, arguments, arguments.mistakes());
    }
    try {
      command.line().parseArgs(arguments.texts());
    } catch (ParameterException e) {
      String mistake = String.valueOf(e.getMessage());
      return new Parsed(
          command, arguments, List.of(arguments.located(mistake, command::spellings)));
    }
    return new Parsed(command, arguments, List.of());
  }

  /** The C program's manner: the usage line, then one line per mistake. */
  private ExitCode refuse(List<String> mistakes) {
    err.println(DotpCommand.USAGE);
    for (String mistake : mistakes) {
      err.println("dotp: " + mistake);
    }
    err.println("Try 'dotp --help'.");
    return ExitCode.USAGE;
  }

  private Environment environment() {
    return ProcessEnvironment.of(environment);
  }

  private void printVersion() {
    String version = CommandLineRun.class.getPackage().getImplementationVersion();
    Version netty = Version.identify().get("netty-common");
    out.println("dotp " + (version == null ? "(not packaged)" : version));
    out.println("JDK " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")");
    out.println("Netty " + (netty == null ? "unknown" : netty.artifactVersion()));
    out.println("libnftables " + LibNftables.libraryFile());
  }
}
