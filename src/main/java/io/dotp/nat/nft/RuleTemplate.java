package io.dotp.nat.nft;

import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.config.ProxyRules;
import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code managed.nft} filled in for some routes, so that there is one text to read.
 *
 * <p>A line ends in a word of {@link RuleTag}, a family or both: {@code #4}, {@code #mark6}, {@code
 * #tproxy}. It is left out, with the comment above it, when no pool is of that kind. Where it says
 * {@code $POOL} there is one for each such pool, with the {@code $MARK}, {@code $KEEP} and {@code
 * $PORT} of its route; {@code $POOLS} and {@code $PORTS} are all of them in one line.
 */
final class RuleTemplate {
  private static final String FILE = "managed.nft";
  private static final Pattern TAG = Pattern.compile(" #([a-z]*)([46])?$");
  private static final Pattern DEFINE = Pattern.compile("define (\\w+) = (.*?) #[46]");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\w+");
  private static final Pattern SIZE = Pattern.compile("size \\d+;");
  private static final Pattern TIMEOUT = Pattern.compile("timeout \\d+s;");

  private final TableSpec spec;
  private final Map<String, String> defines = new HashMap<>();
  private final List<String> rendered = new ArrayList<>();
  private final List<String> comments = new ArrayList<>();

  private RuleTemplate(TableSpec spec) {
    this.spec = spec;
    TproxyRouting tproxy = spec.rules().host().tproxy();
    defines.put("$TMARK", hex(tproxy.mark()));
    defines.put("$TMASK", hex(tproxy.mask()));
    defines.put("$TKEEP", hex(~tproxy.mask()));
  }

  /** Without defines: those outlive a run of libnftables and would contradict the next one. */
  static String fill(TableSpec spec) {
    RuleTemplate template = new RuleTemplate(spec);
    lines().forEach(template::add);
    return String.join("\n", template.rendered).strip().replaceAll("\n{3,}", "\n\n");
  }

  /** One without braces: an anonymous interval set would slow down every update. */
  static String set(List<String> members) {
    return members.size() == 1 ? members.get(0) : "{ " + String.join(", ", members) + " }";
  }

  private void add(String line) {
    Matcher define = DEFINE.matcher(line);
    if (define.matches()) {
      comments.clear();
      defines.put("$" + define.group(1), define.group(2));
    } else if (line.isBlank()) {
      // What stands above is the file's own header, or belongs to something left out.
      comments.clear();
      rendered.add("");
    } else if (line.strip().startsWith("#")) {
      comments.add(line);
    } else {
      List<String> filled = filled(line);
      if (!filled.isEmpty()) {
        rendered.addAll(comments);
        rendered.addAll(filled);
      }
      comments.clear();
    }
  }

  private List<String> filled(String line) {
    Matcher tag = TAG.matcher(line);
    if (!tag.find()) {
      return List.of(line);
    }
    RuleTag kind = RuleTag.of(tag.group(1));
    List<Family> families =
        tag.group(2) == null
            ? List.of(Family.values())
            : List.of("6".equals(tag.group(2)) ? Family.IPV6 : Family.IPV4);
    if (families.stream().noneMatch(family -> kind.isWanted(spec.rules(), family))) {
      return List.of();
    }
    String text = line.substring(0, tag.start());
    List<PoolRules> pools = new ArrayList<>();
    families.forEach(family -> pools.addAll(kind.poolsOf(spec.rules(), family)));
    if (text.contains("$POOL ")) {
      return pools.stream().map(pool -> replaced(text, ofPool(pool))).toList();
    }
    Map<String, String> values = new HashMap<>(ofAll(pools));
    CaptureText capture = CaptureText.of(spec.rules().host().capture(), families.get(0));
    values.put("$CLIENTS", capture.clients());
    values.put("$LISTENER", capture.listener());
    return List.of(sized(replaced(text, values), families.get(0)));
  }

  private static Map<String, String> ofPool(PoolRules pool) {
    Map<String, String> values = new HashMap<>();
    values.put("$POOL", pool.pool().toString());
    values.put("$MARK", hex(pool.rules().mark()));
    values.put("$KEEP", hex(~pool.rules().markMask()));
    ProxyRules proxy = pool.rules().proxy();
    values.put("$PORT", proxy == null ? "" : String.valueOf(proxy.port()));
    return values;
  }

  private static Map<String, String> ofAll(List<PoolRules> pools) {
    List<String> ports =
        pools.stream()
            .map(pool -> pool.rules().proxy())
            .filter(Objects::nonNull)
            .map(proxy -> String.valueOf(proxy.port()))
            .distinct()
            .toList();
    List<String> prefixes = pools.stream().map(PoolRules::pool).map(IpPrefix::toString).toList();
    return Map.of("$POOLS", set(prefixes), "$PORTS", set(ports));
  }

  private String replaced(String text, Map<String, String> values) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> {
              String own = values.get(found.group());
              String value = own == null ? defines.get(found.group()) : own;
              return Matcher.quoteReplacement(
                  Objects.requireNonNull(value, () -> found.group() + " in " + text));
            });
  }

  private String sized(String line, Family family) {
    String sized = SIZE.matcher(line).replaceFirst("size " + spec.size(family) + ";");
    return TIMEOUT.matcher(sized).replaceFirst("timeout " + spec.usedTimeout().toSeconds() + "s;");
  }

  /** As in the shipped files. */
  private static String hex(int bits) {
    return String.format("0x%08x", bits);
  }

  private static List<String> lines() {
    try (InputStream in = RuleTemplate.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
