package io.dotp.nat.nft;

import io.dotp.ip.Family;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The table that dotp installs by itself. Its comment says that it is ours and which layout it has.
 */
public final class ManagedTable {
  /** Raised whenever a set, map or chain changes; a table of another layout is made anew. */
  static final int LAYOUT = 2;

  private static final String OWNER = "dotp";
  private static final Pattern CHAIN = Pattern.compile("(?ms)^\\tchain .*?^\\t}\n");
  private static final Pattern COMMENT = Pattern.compile("(?m)^\\tcomment \"([^\"]*)\"$");

  private ManagedTable() {}

  /** The rules for nft; loading them again is harmless and keeps the elements. */
  public static String render(TableSpec spec) {
    return "# Installed by dotp for its own pools; changes are undone at its next start.\n"
        + statements(RuleTemplate.fill(spec), spec.table())
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

  private static String statements(String rules, String table) {
    return rules
        .replace(
            "add table inet dotp\n",
            "add table inet " + table + " { comment \"" + comment() + "\"; }\n")
        .replace("flush table inet dotp\n", "flush table inet " + table + "\n")
        .replace("\ntable inet dotp {", "\ntable inet " + table + " {");
  }
}
