package io.dotp.e2e;

import io.netty.util.NetUtil;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;

/**
 * A host of the lab: asks, connects and sends from there, through an {@link Agent}. Thread: one.
 */
final class Host implements AutoCloseable {
  private static final int DNS_PORT = 53;

  /** More than dotp may take for an answer. */
  private static final int ANSWER_MILLIS = 10_000;

  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;
  private int count;

  private Host(Process process) {
    this.process = process;
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    this.answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  static Host start(Lab lab, String role) {
    try {
      return new Host(
          new ProcessBuilder(lab.inside(role, TestProgram.commandLine(Agent.class, List.of())))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks the gateway and waits for the answer. */
  Answer ask(String name, String type) {
    return ask(Question.of(name, type));
  }

  Answer ask(Question question) {
    Object answer = tryAsk(question);
    if (answer instanceof Answer good) {
      return good;
    }
    throw new AssertionError("no answer to " + question + ": " + answer);
  }

  /** Returns an {@link Answer}, or the error as text. */
  Object tryAsk(Question question) {
    if (!question.tcp()) {
      return send(question).tryReceive(ANSWER_MILLIS);
    }
    String hex = HexFormat.of().formatHex(question.bytes(nextId()));
    return parse(
        command("stream " + question.server() + " " + DNS_PORT + " " + hex + " " + ANSWER_MILLIS));
  }

  /** Sends a question over UDP without waiting. */
  Asked send(Question question) {
    String hex = HexFormat.of().formatHex(question.bytes(nextId()));
    String id = "q" + count;
    String sent = command("send " + id + " " + question.server() + " " + DNS_PORT + " " + hex);
    if (!sent.equals("ok sent")) {
      throw new AssertionError("cannot ask " + question + ": " + sent);
    }
    return new Asked(id, question);
  }

  /** The names that a PTR query for an address is answered with. */
  List<String> namesOf(String address) {
    String reverse =
        ReverseMap.fromAddress(NetUtil.createByteArrayFromIpAddressString(address)).toString();
    return ask(reverse, "PTR").records(Section.ANSWER).stream()
        .map(text -> text.substring(text.lastIndexOf(' ') + 1))
        .toList();
  }

  private int nextId() {
    count++;
    return (count * 40_503) & 0xffff;
  }

  /** Whom a TCP connection to {@code address} reaches: the server's own address, or an error. */
  String reach(String address) {
    return real(command("hello " + address));
  }

  /** As whom a TCP connection to {@code address} arrives there, or an error. */
  String peerAt(String address) {
    return word(command("hello " + address), "peer=");
  }

  /** The same for a datagram. */
  String peerOfDatagramAt(String address) {
    return word(datagram(address, ANSWER_MILLIS), "peer=");
  }

  /** The same for a datagram. */
  String reachByDatagram(String address) {
    return reachByDatagram(address, ANSWER_MILLIS);
  }

  /**
   * @param millis how long to wait before "ETIMEDOUT"
   */
  String reachByDatagram(String address, int millis) {
    return real(datagram(address, millis));
  }

  /** The agent's answer, with the server's own words in place of their bytes. */
  private String datagram(String address, int millis) {
    String id = "d" + ++count;
    String hex = HexFormat.of().formatHex("hello".getBytes(StandardCharsets.US_ASCII));
    String sent = command("send " + id + " " + address + " " + Agent.HELLO_PORT + " " + hex);
    if (!sent.equals("ok sent")) {
      return sent;
    }
    String received = command("receive " + id + " " + millis);
    if (!received.startsWith("ok ")) {
      return received;
    }
    byte[] bytes = HexFormat.of().parseHex(received.substring("ok ".length()));
    return "ok " + new String(bytes, StandardCharsets.US_ASCII).replace('\n', ' ');
  }

  /** Opens a connection that stays; {@link Flow#isAlive} says whether it still works. */
  Flow open(String address) {
    String id = "f" + ++count;
    return new Flow(id, real(command("open " + id + " " + address)));
  }

  /** "ok real=ADDRESS peer=..." to ADDRESS, "error WHAT" to WHAT. */
  private static String real(String answer) {
    return word(answer, "real=");
  }

  private static String word(String answer, String key) {
    int at = answer.indexOf(key);
    if (!answer.startsWith("ok ") || at < 0) {
      return answer.substring(answer.indexOf(' ') + 1);
    }
    int end = answer.indexOf(' ', at);
    return answer.substring(at + key.length(), end < 0 ? answer.length() : end);
  }

  private static Object parse(String answer) {
    return answer.startsWith("ok ")
        ? new Answer(HexFormat.of().parseHex(answer.substring("ok ".length())))
        : answer.substring("error ".length());
  }

  private String command(String line) {
    try {
      commands.write(line + "\n");
      commands.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new AssertionError("the agent has ended at: " + line);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** A question that is under way. */
  final class Asked {
    private final String id;
    private final Question question;

    private Asked(String id, Question question) {
      this.id = id;
      this.question = question;
    }

    Answer receive() {
      Object answer = tryReceive(ANSWER_MILLIS);
      if (answer instanceof Answer good) {
        return good;
      }
      throw new AssertionError("no answer to " + question + ": " + answer);
    }

    Object tryReceive(int millis) {
      return parse(command("receive " + id + " " + millis));
    }
  }

  /** A TCP connection that is kept open. */
  final class Flow {
    private final String id;
    private final String real;

    private Flow(String id, String real) {
      this.id = id;
      this.real = real;
    }

    /** Who said hello when it was opened, or the error. */
    String real() {
      return real;
    }

    /** Sends a line and sees it come back. */
    boolean isAlive() {
      String word = "alive" + ++count;
      return command("echo " + id + " " + word).equals("ok " + word);
    }
  }
}
