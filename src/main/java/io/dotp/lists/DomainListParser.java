package io.dotp.lists;

import io.dotp.config.ListFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one list, from its first byte to its judgement, without ever having the whole file in
 * memory. Thread: any; it reads files, so not a loop.
 */
public final class DomainListParser {
  static final String TOO_LONG = "the line is longer than " + LineReader.MAX_LINE + " bytes";

  private final ListLimits limits;

  public DomainListParser(ListLimits limits) {
    this.limits = limits;
  }

  /** Reads {@code source}; whatever is wrong with it is in the result. */
  public ListResult parse(ListSource source) {
    return parse(source, null);
  }

  /**
   * As {@link #parse(ListSource)}.
   *
   * @param finder told about every rule, null for nobody
   */
  ListResult parse(ListSource source, @Nullable RuleFinder finder) {
    Path file = source.file();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return new ListResult.Refused(file + ": is no regular file", List.of());
    }
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in, source, finder);
    } catch (IOException e) {
      return new ListResult.Refused(file + ": " + reason(e), List.of());
    }
  }

  /** As {@link #parse(ListSource)} with the content of the file, which is not closed. */
  ListResult parse(InputStream content, ListSource source) {
    return parse(content, source, null);
  }

  private ListResult parse(InputStream content, ListSource source, @Nullable RuleFinder finder) {
    BoundedInput.Budget budget = new BoundedInput.Budget(limits.maxBytes());
    InputStream in = new BoundedInput(content, budget);
    RuleCollector rules = new RuleCollector(limits.maxRules());
    String shown = source.file().toString();
    rules.file(shown);
    if (finder != null) {
      rules.tell(finder);
    }
    try {
      byte[] head = in.readNBytes(FormatDetection.HEAD);
      FormatDetection detection = formatOf(head, source);
      ListFormat format = detection.format();
      if (format == null) {
        return new ListResult.Refused(shown + ": " + detection.reason(), List.of());
      }
      InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), in);
      read(whole, format, source, rules, budget);
      return rules.result(format, shown);
    } catch (IOException e) {
      rules.refuse(reason(e));
      return rules.result(ListFormat.PLAIN, shown);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "does not exist";
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + " may not be read";
    }
    return String.valueOf(e.getMessage());
  }

  /** The format that the administrator has set, else the one that the file seems to have. */
  private static FormatDetection formatOf(byte[] head, ListSource source) {
    FormatDetection detection =
        source.format() == null
            ? FormatDetection.of(head)
            : new FormatDetection(source.format(), "");
    ListFormat format = detection.format();
    if (format == null) {
      return detection;
    }
    boolean filtered = !source.attributes().equals(AttributeFilter.ALL);
    if (filtered && format == ListFormat.PLAIN) {
      // The first lines happen to have no attributes.
      return new FormatDetection(ListFormat.V2FLY, "");
    }
    if (filtered && format != ListFormat.V2FLY && format != ListFormat.GEOSITE) {
      return new FormatDetection(
          null, "a list of the format " + format.text() + " has no attributes");
    }
    if (source.category() != null && format != ListFormat.GEOSITE) {
      return new FormatDetection(
          null, "a list of the format " + format.text() + " has no categories");
    }
    return detection;
  }

  private void read(
      InputStream in,
      ListFormat format,
      ListSource source,
      RuleCollector rules,
      BoundedInput.Budget budget)
      throws IOException {
    String category = source.category();
    switch (format) {
      case PLAIN -> readLines(in, new PlainLines(), rules);
      case DNSMASQ -> readLines(in, new DnsmasqLines(), rules);
      case HOSTS -> readLines(in, new HostsLines(), rules);
      case CLASH -> readLines(in, new ClashLines(), rules);
      case ADGUARD -> readLines(in, new AdguardLines(), rules);
      case SING_BOX -> new SingBoxReader(rules).read(in);
      case V2FLY -> {
        Path file = source.file().toAbsolutePath();
        Path directory = file.getParent() == null ? file : file.getParent();
        new V2flyReader(rules, limits, budget, directory)
            .read(in, String.valueOf(file.getFileName()), source.attributes());
      }
      case GEOSITE -> {
        if (category == null) {
          rules.refuse("a geosite file needs a category: FILE.dat:CATEGORY");
        } else {
          new GeositeReader(rules, category, source.attributes()).read(in);
        }
      }
      default -> throw new IllegalStateException("no reader for " + format);
    }
  }

  private static void readLines(InputStream in, LineGrammar grammar, RuleCollector rules)
      throws IOException {
    LineReader lines = new LineReader(in);
    Line line = new Line();
    while (!rules.isRefused() && lines.next(line)) {
      rules.beginLine(line.number());
      if (line.isTooLong()) {
        rules.mistake(TOO_LONG);
      } else if (!line.isEmpty()) {
        grammar.read(line, rules);
      }
      rules.endLine();
    }
  }
}
