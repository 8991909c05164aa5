package io.dotp.nat.nft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A gateway with a client and a server behind it: this process stands on the gateway, client and
 * server are network namespaces, each held by a process of its own that ends with this one.
 *
 * <pre>
 * client 192.0.2.2, fd10::2 -- lan 192.0.2.1, fd10::1 (gateway) wan 203.0.113.1, 2001:db8::1
 *                                      -- server 203.0.113.10, 2001:db8::10
 * </pre>
 */
public final class GatewayLab implements AutoCloseable {
  public static final int PORT = 8080;
  private static final Path FIXTURES = Path.of("test-fixtures/nft").toAbsolutePath();

  private final List<Process> processes = new ArrayList<>();
  private final long client;
  private final long server;

  public GatewayLab() {
    Shell.requirePrivateNamespace();
    quieten();
    client = namespace();
    server = namespace();
    Shell.outputOf("ip", "link", "set", "lo", "up");
    connect(client, "lan", "192.0.2.1/24", "fd10::1/64", "192.0.2.2/24", "fd10::2/64");
    connect(
        server, "wan", "203.0.113.1/24", "2001:db8::1/64", "203.0.113.10/24", "2001:db8::10/64");
    in(client, "ip", "route", "add", "default", "via", "192.0.2.1");
    in(client, "ip", "-6", "route", "add", "default", "via", "fd10::1");
    // The server does not know the LAN: an answer proves that the gateway has masqueraded.
    Shell.outputOf("ip", "route", "add", "default", "via", "203.0.113.10");
    Shell.outputOf("ip", "-6", "route", "add", "default", "via", "2001:db8::10");
    set("/proc/sys/net/ipv4/ip_forward", "1");
    set("/proc/sys/net/ipv6/conf/all/forwarding", "1");
    for (String scope : List.of("all", "lan")) {
      set("/proc/sys/net/ipv4/conf/" + scope + "/send_redirects", "0");
    }
    // No mercy from the routing: what reaches a special address must be stopped by the rules.
    for (String scope : List.of("all", "lan", "wan", "lo")) {
      set("/proc/sys/net/ipv4/conf/" + scope + "/route_localnet", "1");
      set("/proc/sys/net/ipv4/conf/" + scope + "/rp_filter", "0");
    }
    listen(server, PORT, "");
  }

  /** Starts an answering server on the gateway itself, with a mode of echo.py. */
  Process listenOnGateway(int port, String mode) {
    return listen(ProcessHandle.current().pid(), port, mode);
  }

  /** Starts an answering server on the client's host. */
  void listenOnClient() {
    listen(client, PORT, "");
  }

  /** Asks all targets (`tcp,ADDRESS`) at once from the client; answers by target. */
  public Map<String, String> fromClient(double seconds, List<String> targets) {
    return probe(client, seconds, targets);
  }

  public Map<String, String> fromGateway(double seconds, List<String> targets) {
    return probe(ProcessHandle.current().pid(), seconds, targets);
  }

  Map<String, String> fromServer(double seconds, List<String> targets) {
    return probe(server, seconds, targets);
  }

  /** Starts hold.py on the client, and gives it back when it is ready. */
  public Process holdOnClient(String... arguments) {
    return hold(client, arguments);
  }

  /** Starts hold.py on the server, and gives it back when it is ready. */
  public Process holdOnServer(String... arguments) {
    return hold(server, arguments);
  }

  /** Lets the calling thread open its sockets on the client from now on. */
  public void enterClient() {
    Namespaces.enter(client);
  }

  /** Lets the calling thread open its sockets on the server from now on. */
  public void enterServer() {
    Namespaces.enter(server);
  }

  /** Runs a command on the client. */
  public String onClient(String... command) {
    return in(client, command);
  }

  private Process hold(long where, String... arguments) {
    List<String> command = new ArrayList<>(List.of(FIXTURES.resolve("hold.py").toString()));
    command.addAll(List.of(arguments));
    Process process = Shell.start(entering(where, command.toArray(String[]::new)));
    processes.add(process);
    return process;
  }

  /** Gives the server one more address, and the gateway and the server the routes for it. */
  public void addServerAddress(String address) {
    String family = address.contains(":") ? "-6" : "-4";
    in(server, "ip", family, "addr", "add", address, "dev", "lo");
    String via = address.contains(":") ? "2001:db8::10" : "203.0.113.10";
    Shell.outputOf("ip", family, "route", "add", address, "via", via);
  }

  /** Tells the server the way to the client. */
  void routeServerToClient() {
    in(server, "ip", "route", "add", "192.0.2.0/24", "via", "203.0.113.1");
    in(server, "ip", "-6", "route", "add", "fd10::/64", "via", "2001:db8::1");
  }

  /** Starts a program of test-fixtures/nft on the server, as {@link Shell#start} does. */
  Process startOnServer(String program, String... arguments) {
    return start(server, program, arguments);
  }

  Process startOnClient(String program, String... arguments) {
    return start(client, program, arguments);
  }

  private Process start(long where, String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(FIXTURES.resolve(program).toString()));
    command.addAll(List.of(arguments));
    Process process = Shell.start(entering(where, command.toArray(String[]::new)));
    processes.add(process);
    return process;
  }

  @Override
  public void close() {
    // Deleting the namespaces would take the devices along too, but only some time later.
    Shell.outputOf("ip", "link", "del", "lan");
    Shell.outputOf("ip", "link", "del", "wan");
    processes.forEach(Process::destroyForcibly);
    Shell.nft("flush ruleset");
    set("/proc/sys/net/ipv4/ip_forward", "0");
  }

  private Map<String, String> probe(long where, double seconds, List<String> targets) {
    List<String> command =
        new ArrayList<>(List.of(FIXTURES.resolve("probe.py").toString(), PORT + "", seconds + ""));
    command.addAll(targets);
    Map<String, String> answers = new LinkedHashMap<>();
    in(where, command.toArray(String[]::new))
        .lines()
        .forEach(
            line ->
                answers.put(
                    line.substring(0, line.indexOf(" ")), line.substring(line.indexOf(" ") + 1)));
    return answers;
  }

  private Process listen(long where, int port, String mode) {
    String[] command = entering(where, FIXTURES.resolve("echo.py").toString(), port + "", mode);
    Process process = Shell.start(command);
    processes.add(process);
    return process;
  }

  /** A namespace lives as long as the process whose number this is. */
  private long namespace() {
    Process process = Shell.start("unshare", "-n", "sh", "-c", "echo ready; exec cat");
    processes.add(process);
    for (String scope : List.of("all", "default")) {
      in(process.pid(), "sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/" + scope + "/accept_dad");
    }
    in(process.pid(), "ip", "link", "set", "lo", "up");
    return process.pid();
  }

  private static void quieten() {
    for (String scope : List.of("all", "default")) {
      set("/proc/sys/net/ipv6/conf/" + scope + "/accept_dad", "0");
    }
  }

  private static void connect(
      long host, String device, String own4, String own6, String its4, String its6) {
    Shell.outputOf(
        "ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", host + "");
    Shell.outputOf("ip", "addr", "add", own4, "dev", device);
    Shell.outputOf("ip", "addr", "add", own6, "dev", device, "nodad");
    Shell.outputOf("ip", "link", "set", device, "up");
    in(host, "ip", "addr", "add", its4, "dev", "eth0");
    in(host, "ip", "addr", "add", its6, "dev", "eth0", "nodad");
    in(host, "ip", "link", "set", "eth0", "up");
  }

  private static String in(long where, String... command) {
    return Shell.outputOf(entering(where, command));
  }

  private static String[] entering(long where, String... command) {
    List<String> whole = new ArrayList<>();
    if (where != ProcessHandle.current().pid()) {
      whole.addAll(List.of("nsenter", "-t", where + "", "-n"));
    }
    whole.addAll(List.of(command));
    whole.removeIf(String::isEmpty);
    return whole.toArray(String[]::new);
  }

  private static void set(String file, String value) {
    try {
      Files.writeString(Path.of(file), value);
    } catch (IOException e) {
      throw new AssertionError(file, e);
    }
  }
}
