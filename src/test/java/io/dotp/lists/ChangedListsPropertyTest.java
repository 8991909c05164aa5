package io.dotp.lists;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ListFormat;
import io.dotp.config.RouteId;
import io.dotp.name.WireName;
import io.dotp.policy.Policy;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Lists that somebody has damaged: bytes changed, cut out, doubled, or put from one to another. */
class ChangedListsPropertyTest {
  private static final List<byte[]> LISTS = DomainListFuzzTest.lists();

  /** What the formats are made of; a random byte seldom is. */
  private static final String[] WORDS = {
    "include:",
    "@cn",
    "&a",
    "||",
    "@@||",
    "^",
    "\n",
    "\r\n",
    "#",
    "regexp:(",
    "{9}{9}",
    "\\Q",
    "=/",
    "full:",
    "keyword:",
    "\ufeff",
    "\u0130",
    "xn--",
    "..",
    "\"",
    "[",
    "{",
    "\u0000",
    "\n",
    "DOMAIN,"
  };

  @Property(tries = 3000)
  void parse_changedList_givesAResultThatAPolicyTakes(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] data = LISTS.get(random.nextInt(LISTS.size()));
    for (int i = random.nextInt(6); i >= 0; i--) {
      data = changed(data, random);
    }
    ListFormat[] formats = ListFormat.values();
    int chosen = random.nextInt(2 * formats.length);
    @Nullable ListFormat format = chosen < formats.length ? formats[chosen] : null;

    ListResult result = DomainListFuzzTest.parse(data, format);

    if (result instanceof ListResult.Loaded loaded) {
      Policy policy =
          new Policy.Builder().add(RouteId.DEFAULT, null, List.of(loaded.rules())).build();
      WireName name = new WireName();
      byte[] asked = {3, 'w', 'w', 'w', 1, 'a', 0};
      System.arraycopy(asked, 0, name.bytes(), 0, asked.length);
      name.length(asked.length);
      policy.decide(name);
      assertThat(policy.retainedBytes()).isLessThan(1 << 20);
    }
  }

  private static byte[] changed(byte[] data, Random random) {
    int at = random.nextInt(data.length + 1);
    int end = Math.min(data.length, at + random.nextInt(20));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Arrays.copyOf(data, at));
    switch (random.nextInt(4)) {
      case 0 -> out.write(random.nextInt(256));
      case 1 -> out.writeBytes(WORDS[random.nextInt(WORDS.length)].getBytes(UTF_8));
      case 2 -> {
        byte[] other = LISTS.get(random.nextInt(LISTS.size()));
        int from = random.nextInt(other.length);
        out.writeBytes(Arrays.copyOfRange(other, from, Math.min(other.length, from + 50)));
      }
      default -> end = Math.min(data.length, end + 1);
    }
    out.writeBytes(Arrays.copyOfRange(data, end, data.length));
    return out.toByteArray();
  }
}
