package io.dotp.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The words of a command line. {@code @FILE} stands for the words in that file, in UTF-8: blanks
 * and line ends part them, quotes hold them together, and a word that begins with # ends its line.
 */
final class Arguments {
  /** Room for some hundred thousand names. */
  private static final int LONGEST_FILE = 16 << 20;

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|\\S+");

  /** Its value has a meaning of {@code @FILE} of its own: a secret does not become a word. */
  private static final String KEY_FLAG = "--pool-key";

  private final List<Word> words = new ArrayList<>();
  private final List<String> mistakes = new ArrayList<>();

  /**
   * @param place file and line, null on the command line itself
   */
  private record Word(String text, @Nullable String place) {}

  /**
   * @param workingDirectory where relative files are looked for
   */
  Arguments(String[] typed, Path workingDirectory) {
    for (int i = 0; i < typed.length; i++) {
      String text = typed[i];
      boolean isFile = text.length() > 1 && text.startsWith("@");
      if (isFile && (i == 0 || !typed[i - 1].equals(KEY_FLAG))) {
        read(workingDirectory.resolve(text.substring(1)));
      } else {
        words.add(new Word(text, null));
      }
    }
  }

  String[] texts() {
    return words.stream().map(Word::text).toArray(String[]::new);
  }

  /** What is wrong with the files, one message each. */
  List<String> mistakes() {
    return mistakes;
  }

  private void read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST_FILE + 1);
      if (bytes.length > LONGEST_FILE) {
        mistakes.add("@" + file + ": is longer than " + (LONGEST_FILE >> 20) + " MiB");
        return;
      }
      String content =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String[] lines = content.split("\n", -1);
      for (int i = 0; i < lines.length; i++) {
        split(lines[i], file + ":" + (i + 1));
      }
    } catch (IOException e) {
      mistakes.add("@" + file + ": cannot be read: " + reason(e));
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file; write it, or leave it out of the command line";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied; let dotp's user read it";
    }
    return e instanceof CharacterCodingException ? "it is not UTF-8" : e.toString();
  }

  private void split(String line, String place) {
    Matcher word = WORD.matcher(line);
    while (word.find() && line.charAt(word.start()) != '#') {
      String quoted = word.group(1) != null ? word.group(1) : word.group(2);
      words.add(new Word(quoted != null ? quoted : word.group(), place));
    }
  }

  /**
   * A mistake with the file and line in front that it is in; as it is when that is the command
   * line, or when it quotes no word.
   *
   * @param spellings all names of a flag by its long one
   */
  String located(String mistake, Function<String, List<String>> spellings) {
    int end = mistake.indexOf(": ");
    boolean ofFlag = mistake.startsWith("--") && end > 0;
    List<String> names = ofFlag ? spellings.apply(mistake.substring(0, end)) : List.of();
    for (int i = 0; i < words.size(); i++) {
      Word word = words.get(i);
      String before = i == 0 ? "" : words.get(i - 1).text();
      boolean meant =
          ofFlag
              ? names.stream().anyMatch(name -> isValue(mistake, name, before, word.text()))
              : quotes(mistake, word.text());
      if (meant && word.place() != null) {
        return word.place() + ": " + mistake;
      }
    }
    return mistake;
  }

  /** As {@code -d NAME}, {@code --domain=NAME} or {@code -dNAME}. */
  private static boolean isValue(String mistake, String name, String before, String text) {
    return before.equals(name)
        ? quotes(mistake, text)
        : text.startsWith(name)
            && quotes(mistake, text.substring(name.length()).replaceFirst("^=", ""));
  }

  private static boolean quotes(String mistake, String word) {
    return mistake.contains("'" + word + "'");
  }
}
