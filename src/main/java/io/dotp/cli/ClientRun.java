package io.dotp.cli;

import io.dotp.daemon.ExitCode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of a command for the running daemon, from the arguments to the exit code. It uses none of
 * the daemon's classes and no parser of flags, which take longer to load than the answer to come.
 */
public final class ClientRun {
  private static final Set<String> COMMANDS = Set.of("reload", "status", "lists");
  private static final String CLIENT = "--client";
  private static final Set<String> WITH_VALUE =
      Set.of("--control-socket", "-c", "--config", CLIENT);

  private static final String USAGE =
      """
      Usage: dotp status [--json] [WHERE]
             dotp reload [--json] [WHERE]
             dotp lists status|refresh [NAME] [--json] [WHERE]
             dotp lists lookup NAME [--client ADDR] [--json] [WHERE]
      WHERE is --control-socket FILE, or -c FILE for the one of that configuration.\
      """;

  private static final long STATUS_MILLIS = 10_000;

  /** A reload reads lists and may wait for the kernel, a refresh for a server far away. */
  private static final long WORK_MILLIS = 600_000;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private final List<String> words = new ArrayList<>();
  private @Nullable String socket;
  private @Nullable String config;
  private @Nullable String client;
  private boolean json;
  private boolean help;

  /**
   * @param environment the process's environment variables
   */
  public ClientRun(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Whether these arguments are a command for the running daemon. */
  public static boolean isMeant(String[] args) {
    return args.length > 0 && COMMANDS.contains(args[0]);
  }

  /**
   * Asks, prints, ends.
   *
   * @return the exit status
   */
  public int run(String[] args) {
    String mistake = parse(args);
    if (mistake != null) {
      err.println("dotp: " + mistake);
      err.println(USAGE);
      return ExitCode.USAGE.status();
    }
    if (help) {
      out.println(USAGE);
      return ExitCode.OK.status();
    }
    return execute().status();
  }

  private @Nullable String parse(String[] args) {
    for (int i = 0; i < args.length; i++) {
      String word = args[i];
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      String flag = equals < 0 ? word : word.substring(0, equals);
      if (WITH_VALUE.contains(flag)) {
        if (equals < 0 && ++i == args.length) {
          return flag + " needs a value";
        }
        String value = equals < 0 ? args[i] : word.substring(equals + 1);
        if (flag.equals("--control-socket")) {
          socket = value;
        } else if (flag.equals(CLIENT)) {
          client = value;
        } else {
          config = value;
        }
      } else if (word.equals("--json")) {
        json = true;
      } else if (word.equals("-h") || word.equals("--help")) {
        help = true;
      } else if (word.startsWith("-")) {
        return "'" + word + "' is no flag of dotp " + args[0];
      } else {
        words.add(word);
      }
    }
    if (client != null && !words.subList(1, words.size()).contains("lookup")) {
      return "'" + CLIENT + "' is no flag of dotp " + args[0] + ", but of dotp lists lookup";
    }
    return null;
  }

  private ExitCode execute() {
    return switch (words.get(0)) {
      case "status" -> words.size() > 1 ? tooMany() : status();
      case "reload" -> words.size() > 1 ? tooMany() : reload();
      default -> lists();
    };
  }

  private ExitCode lists() {
    String what = words.size() > 1 ? words.get(1) : "";
    int more = words.size() - 2;
    if (what.equals("status") && more == 0) {
      return print("GET", "/v1/lists", STATUS_MILLIS, ListsText::status);
    }
    if (what.equals("refresh") && more <= 1) {
      String query = more == 0 ? "" : "?name=" + escaped(words.get(2));
      return print("POST", "/v1/lists/refresh" + query, WORK_MILLIS, ListsText::refresh);
    }
    if (what.equals("lookup") && more == 1) {
      String of = client == null ? "" : "&client=" + escaped(client);
      String query = "?name=" + escaped(words.get(2)) + of;
      return print("GET", "/v1/lists/lookup" + query, STATUS_MILLIS, ListsText::lookup);
    }
    err.println(USAGE);
    return ExitCode.USAGE;
  }

  private static String escaped(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private ExitCode tooMany() {
    err.println("dotp: '" + words.get(1) + "' is too much for dotp " + words.get(0));
    err.println(USAGE);
    return ExitCode.USAGE;
  }

  private ExitCode status() {
    return print("GET", "/v1/status", STATUS_MILLIS, StatusText::print);
  }

  private ExitCode reload() {
    return print(
        "POST",
        "/v1/reload",
        WORK_MILLIS,
        (reply, to) -> {
          boolean taken = reply.text("result").equals("taken");
          reply.texts("mistakes").forEach(mistake -> err.println("dotp: " + mistake));
          if (!taken) {
            err.println("dotp: the old configuration stays in force");
            return ExitCode.USAGE;
          }
          to.println("the configuration was read again and is in force");
          List<String> kept = reply.texts("kept");
          if (!kept.isEmpty()) {
            to.println("these wait for a restart: " + String.join(" ", kept));
          }
          return ExitCode.OK;
        });
  }

  /** What a command makes of the answer. */
  interface Printer {
    ExitCode print(Json reply, PrintStream to);
  }

  private ExitCode print(String method, String target, long silenceMillis, Printer printer) {
    ControlClient.Reply reply = ask(method, target, silenceMillis);
    if (reply == null) {
      return ExitCode.FILE;
    }
    try {
      Json object = Json.read(reply.body());
      String error = object.text("error");
      if (!error.isEmpty()) {
        err.println("dotp: " + error);
        return reply.status() >= 500 ? ExitCode.OTHER : ExitCode.USAGE;
      }
      if (!json) {
        return printer.print(object, out);
      }
      out.println(reply.body());
      return printer.print(object, new PrintStream(PrintStream.nullOutputStream()));
    } catch (IOException e) {
      err.println("dotp: " + e.getMessage());
      return ExitCode.OTHER;
    }
  }

  /** Null when nobody answers, which has been said then. */
  private ControlClient.@Nullable Reply ask(String method, String target, long silenceMillis) {
    SocketPlace place;
    try {
      place = SocketPlace.find(socket, config, environment);
    } catch (InvalidPathException e) {
      err.println("dotp: '" + e.getInput() + "' is no path: " + e.getReason());
      return null;
    }
    try {
      return new ControlClient(place.socket()).ask(method, target, silenceMillis);
    } catch (ConnectException e) {
      err.println("dotp: not running: nobody listens at " + place.socket());
    } catch (AccessDeniedException e) {
      err.println("dotp: " + place.socket() + ": permission denied");
    } catch (IOException e) {
      err.println("dotp: " + reason(e, place));
    }
    place.mistakes().forEach(mistake -> err.println("dotp: " + mistake));
    return null;
  }

  private static String reason(IOException e, SocketPlace place) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("Permission denied")) {
      return place.socket() + ": permission denied: be root, its user, or in the group dotp";
    }
    if (!Files.exists(place.socket())) {
      return "not running: there is no " + place.socket();
    }
    return place.socket() + ": " + said;
  }
}
