package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table that dotp installs by itself: the shipped {@code rules.nft} with the routes' pools, so
 * that there is one text to read and to test.
 *
 * <p>The shipped file ends family lines in {@code #4} or {@code #6} and mark lines in {@code
 * #mark}, {@code #mark4} or {@code #mark6}; what is not wanted is left out together with the
 * comment above it. The table's comment says that the table is ours and which layout it has.
 */
public final class ManagedTable {
  /** Raised whenever a set, map or chain changes; a table of another layout is made anew. */
  static final int LAYOUT = 2;

  private static final String OWNER = "dotp";
  private static final String SHIPPED = "rules.nft";
  private static final Pattern TAG = Pattern.compile(" #(mark)?([46])?$");
  private static final Pattern DEFINE = Pattern.compile("define (\\w+) = (.*?)(?: #\\w+)?");
  private static final Pattern SIZE = Pattern.compile("size \\d+;");
  private static final Pattern TIMEOUT = Pattern.compile("timeout \\d+s;");
  private static final Pattern CHAIN = Pattern.compile("(?ms)^\\tchain .*?^\\t}\n");
  private static final Pattern COMMENT = Pattern.compile("(?m)^\\tcomment \"([^\"]*)\"$");

  private ManagedTable() {}

  /**
   * The rules for nft; loading them again is harmless and keeps the elements. Without defines:
   * those outlive a run of libnftables and would contradict the next one.
   */
  public static String render(TableSpec spec) {
    Map<String, String> defines = new HashMap<>();
    List<String> rendered = new ArrayList<>();
    List<String> comments = new ArrayList<>();
    for (String line : shipped()) {
      Matcher define = DEFINE.matcher(line);
      Matcher tag = TAG.matcher(line);
      boolean tagged = tag.find();
      if (define.matches()) {
        comments.clear();
        defines.put("$" + define.group(1), define.group(2));
      } else if (line.isBlank()) {
        // What stands above is the file's own header, or belongs to something left out.
        comments.clear();
        rendered.add("");
      } else if (line.strip().startsWith("#")) {
        comments.add(line);
      } else if (tagged && !isWanted(tag, spec)) {
        comments.clear();
      } else {
        rendered.addAll(comments);
        comments.clear();
        rendered.add(tagged ? sized(line.substring(0, tag.start()), familyOf(tag), spec) : line);
      }
    }
    defines.put("$FAKE4", prefixes(spec.poolsOf(Family.IPV4)));
    defines.put("$FAKE6", prefixes(spec.poolsOf(Family.IPV6)));
    String rules = String.join("\n", rendered).strip().replaceAll("\n{3,}", "\n\n");
    for (Map.Entry<String, String> define : defines.entrySet()) {
      rules = rules.replace(define.getKey(), define.getValue());
    }
    return "# Installed by dotp for its own pools; changes are undone at its next start.\n"
        + statements(rules, spec.table())
        + "\n";
  }

  /**
   * {@link #render} without its chains, so without effect: for a table that is to be filled first.
   */
  static String renderSets(TableSpec spec) {
    return CHAIN.matcher(render(spec)).replaceAll("");
  }

  /** Whether the comment of a table says that it is ours, of whatever layout. */
  static boolean isOurs(String comment) {
    return comment.equals(OWNER) || comment.startsWith(OWNER + " ");
  }

  static String comment() {
    return OWNER + " " + LAYOUT;
  }

  /** The comment in the text listing of one table, empty without one. */
  static String commentOf(String listing) {
    Matcher comment = COMMENT.matcher(listing);
    return comment.find() ? comment.group(1) : "";
  }

  /** Whether the sets of an existing table are those that {@link #render} declares. */
  static boolean isShaped(Map<String, SetShape> shapes, TableSpec spec) {
    for (TableSet set : TableSet.values()) {
      SetShape shape = shapes.get(set.kernelName());
      boolean wanted = spec.uses(set.family());
      if (wanted != (shape != null)) {
        return false;
      }
      boolean fits =
          shape == null
              || (shape.misfit(set).isEmpty()
                  && shape.flags().isEmpty()
                  && shape.capacity() >= spec.size(set.family()));
      if (!fits) {
        return false;
      }
    }
    return isUsedShaped(shapes.get("used"), Family.IPV4, spec)
        && isUsedShaped(shapes.get("used6"), Family.IPV6, spec);
  }

  private static boolean isUsedShaped(@Nullable SetShape shape, Family family, TableSpec spec) {
    if (shape == null || !spec.uses(family)) {
      return (shape == null) != spec.uses(family);
    }
    return shape.kind().equals("set")
        && shape.keyType().equals(family == Family.IPV4 ? "ipv4_addr" : "ipv6_addr")
        && shape.timeoutSeconds() == spec.usedTimeout().toSeconds()
        && shape.capacity() >= spec.size(family);
  }

  private static boolean isWanted(Matcher tag, TableSpec spec) {
    return tag.group(1) == null && (tag.group(2) == null || spec.uses(familyOf(tag)));
  }

  private static Family familyOf(Matcher tag) {
    return "6".equals(tag.group(2)) ? Family.IPV6 : Family.IPV4;
  }

  private static String sized(String line, Family family, TableSpec spec) {
    String sized = SIZE.matcher(line).replaceFirst("size " + spec.size(family) + ";");
    return TIMEOUT.matcher(sized).replaceFirst("timeout " + spec.usedTimeout().toSeconds() + "s;");
  }

  /** One prefix without braces: an anonymous interval set would slow down every update. */
  private static String prefixes(List<IpPrefix> pools) {
    if (pools.size() == 1) {
      return pools.get(0).toString();
    }
    return pools.stream().map(IpPrefix::toString).collect(Collectors.joining(", ", "{ ", " }"));
  }

  private static String statements(String rules, String table) {
    return rules
        .replace(
            "add table inet dotp\n",
            "add table inet " + table + " { comment \"" + comment() + "\"; }\n")
        .replace("flush table inet dotp\n", "flush table inet " + table + "\n")
        .replace("\ntable inet dotp {", "\ntable inet " + table + " {");
  }

  private static List<String> shipped() {
    try (InputStream in = ManagedTable.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException(SHIPPED + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
