package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A list by URL: fetched by a name that is steered for clients, kept when its server is gone. */
@Tag("netns")
class ListFetchTest {
  private static final String PLAIN = "www.plain.example.net";

  private Lab lab;
  private Host client;
  private Path web;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.up(1);
    client = lab.host(Lab.CLIENT);
    web = Files.createDirectory(lab.directory().resolve("web"));
    file = lab.directory().resolve("dotp.toml");
    Files.write(
        file,
        List.of(
            "host = \"" + Lab.GATEWAY_LAN + "\"",
            "upstream-host = \"" + Lab.UPSTREAM_DNS + "\"",
            "[[list]]",
            "name = \"shops\"",
            "url = \"http://www.plain.example.net:8000/shops.txt\"",
            "[[route]]",
            "name = \"vpn\"",
            "domain-list = \"shops\"",
            "ipv4-prefix = \"198.18.0.0/15\""));
    serve();
  }

  private void serve() {
    lab.script(
            "start",
            Lab.UPSTREAM,
            "web",
            "python3",
            "-m",
            "http.server",
            "8000",
            "--directory",
            web.toString())
        .expectSuccess();
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  /** A server that sends the beginning of a list, and then nothing. */
  private void serveHalf() {
    String program =
        """
        import socket, time
        server = socket.create_server(("", 8000))
        clients = []
        while True:
            client = server.accept()[0]
            clients.append(client)
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 999999\\r\\n\\r\\n"
                + b"example.com\\n" * 5000)
        """;
    lab.script("start", Lab.UPSTREAM, "half", "python3", "-c", program).expectSuccess();
  }

  private void write(String... names) throws IOException {
    // The server tells versions apart by seconds: what is new here is moved in with a later time.
    Path fresh = lab.directory().resolve("fresh");
    Files.write(fresh, List.of(names));
    Path old = web.resolve("shops.txt");
    long before = Files.exists(old) ? Files.getLastModifiedTime(old).toMillis() : 0;
    Files.setLastModifiedTime(
        fresh, FileTime.fromMillis(Math.max(before + 5_000, 1_700_000_000_000L)));
    Files.move(fresh, old, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Finished command(String... words) {
    return Lab.beside(Dotp.launcher(List.of(words)).toArray(new String[0]));
  }

  private static Finished refresh() {
    return command("lists", "refresh", "shops");
  }

  private String ask(String name) {
    return client.ask(name, "A").address();
  }

  @Test
  void list_isFetchedKeptAndShown() throws IOException {
    write("a.example", "plain.example.net");
    Dotp dotp = lab.dotp("-c", file.toString()).awaitAnswers(client);
    Patience.until(() -> Files.exists(Path.of("/run/dotp/control.sock")), dotp::log);

    Patience.until(() -> refresh().code() == 0, () -> refresh().text() + dotp.log());
    assertThat(ask(PLAIN)).startsWith("198.");
    assertThat(ask("www.example.com")).isEqualTo("203.0.113.10");
    assertThat(command("lists", "status").out())
        .containsPattern("shops +2 +0 +plain +20\\S+ +http://www.plain.example.net:8000");
    Finished lookup = command("lists", "lookup", PLAIN);
    assertThat(lookup.code()).as(lookup.text()).isZero();
    assertThat(lookup.out()).containsPattern("\\* +vpn +suffix +plain.example.net +\\S+:2");
    assertThat(command("lists", "lookup", "www.example.com").code()).isEqualTo(1);
    assertThat(command("lists", "refresh", "shps").code()).isEqualTo(1);

    write("a.example", "example.com");
    assertThat(refresh().code()).isZero();
    assertThat(ask(PLAIN)).isEqualTo("203.0.113.40");
    assertThat(ask("www.example.com")).startsWith("198.");
    assertThat(refresh().code()).as("not modified").isZero();

    write("<html>", "<body>please log in</body>");
    Finished rotten = refresh();
    assertThat(rotten.code()).as(rotten.text()).isEqualTo(1);
    lab.script("stop", "web").expectSuccess();
    Finished gone = refresh();
    assertThat(gone.code()).as(gone.text()).isEqualTo(1);
    assertThat(gone.out()).contains("cannot connect");
    assertThat(command("status").out()).contains("degraded", "the list shops is not the newest");
    assertThat(ask("www.example.com")).startsWith("198.");

    dotp.kill();
    Dotp again = lab.dotp("-c", file.toString()).awaitAnswers(client);
    assertThat(ask("www.example.com")).as(again.log()).startsWith("198.");
  }

  @Test
  void list_killedWhileANewOneComes_isServedAsItWas() throws IOException {
    write("plain.example.net");
    Dotp dotp = lab.dotp("-c", file.toString()).awaitAnswers(client);
    Patience.until(() -> ask(PLAIN).startsWith("198."), dotp::log);
    lab.script("stop", "web").expectSuccess();
    serveHalf();
    Path half = lab.directory().resolve("state/lists/shops.new-received");
    Process refresh =
        new ProcessBuilder(Dotp.launcher(List.of("lists", "refresh", "shops")))
            .redirectErrorStream(true)
            .redirectOutput(lab.directory().resolve("refresh.log").toFile())
            .start();
    lab.closing(refresh::destroyForcibly);
    Patience.until(() -> half.toFile().length() >= 60_000, dotp::log);

    dotp.kill();
    lab.script("stop", "half").expectSuccess();
    Dotp again = lab.dotp("-c", file.toString()).awaitAnswers(client);

    assertThat(half).as("it was in the middle").exists();
    assertThat(ask(PLAIN)).as(again.log()).startsWith("198.");
    assertThat(ask("www.example.com")).isEqualTo("203.0.113.10");
    Patience.until(again.logContains("list was read name=shops"), again::log);
    assertThat(again.log()).contains("name=shops format=plain entries=1 bad-lines=0");
  }
}
