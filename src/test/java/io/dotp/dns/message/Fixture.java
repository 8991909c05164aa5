package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A message in {@code test-fixtures/messages}: hexadecimal text with comments, of which one says
 * what has to come out.
 *
 * @param expected the word behind {@code # expect:}
 */
public record Fixture(String name, String expected, String hex) {
  private static final Path DIRECTORY = Path.of("test-fixtures", "messages");
  private static final String EXPECT = "# expect: ";

  /** All whose file name begins with {@code prefix}, in order. */
  public static Stream<Fixture> all(String prefix) {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      List<Fixture> fixtures =
          files
              .filter(file -> file.getFileName().toString().startsWith(prefix))
              .sorted()
              .map(Fixture::read)
              .toList();
      return fixtures.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of this name, without {@code .hex}. */
  public static Fixture named(String name) {
    return read(DIRECTORY.resolve(name + ".hex"));
  }

  private static Fixture read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      String expected =
          lines.stream()
              .filter(line -> line.startsWith(EXPECT))
              .map(line -> line.substring(EXPECT.length()))
              .findFirst()
              .orElseThrow();
      String hex =
          lines.stream()
              .map(line -> line.replaceFirst("#.*", "").replace(" ", ""))
              .collect(Collectors.joining());
      return new Fixture(file.getFileName().toString().replace(".hex", ""), expected, hex);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /** A buffer of its own, with bytes in front and behind that are none of the message. */
  public ByteBuf buffer() {
    return buffer(bytes());
  }

  static ByteBuf buffer(byte[] bytes) {
    ByteBuf buffer = Unpooled.buffer(bytes.length + 10);
    buffer.writeZero(5).writeBytes(bytes).skipBytes(5);
    return buffer;
  }

  @Override
  public String toString() {
    return name;
  }
}
