package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.util.List;
import java.util.function.Predicate;

/** What a line of {@code managed.nft} is about, by the word at its end. */
enum RuleTag {
  /** No word: all pools. */
  EVERY("", pool -> true),
  MARK("mark", pool -> pool.rules().markMask() != 0),
  QUIC("quic", pool -> pool.rules().blockQuic()),
  MSS("mss", pool -> pool.rules().clampMss()),
  REDIRECT("redirect", PoolRules::isRedirected),
  TPROXY("tproxy", PoolRules::isTransparent),
  /** By tproxy, but rewritten while nobody listens. */
  OPEN("open", PoolRules::isOpen),
  /** What no redirect takes is rewritten. */
  KERNEL("kernel", pool -> !pool.isTransparent()),
  /** Clients whose DNS is captured. */
  CAPTURE("capture", pool -> false),
  /** Those in whose family we listen. */
  DNS("dns", pool -> false),
  /** And the others. */
  DEAF("deaf", pool -> false);

  private final String word;
  private final Predicate<PoolRules> pools;

  RuleTag(String word, Predicate<PoolRules> pools) {
    this.word = word;
    this.pools = pools;
  }

  static RuleTag of(String word) {
    for (RuleTag tag : values()) {
      if (tag.word.equals(word)) {
        return tag;
      }
    }
    throw new IllegalStateException("tag #" + word);
  }

  /** The pools of a family that a line with this tag is about; none for lines about clients. */
  List<PoolRules> poolsOf(KernelRules rules, Family family) {
    return rules.poolsOf(family, pools);
  }

  /** Whether a line of this family belongs into the rules. */
  boolean isWanted(KernelRules rules, Family family) {
    CaptureText capture = CaptureText.of(rules.host().capture(), family);
    return switch (this) {
      case CAPTURE -> capture.isNeeded();
      case DNS -> capture.isNeeded() && capture.isAnswered();
      case DEAF -> capture.isNeeded() && !capture.isAnswered();
      default -> !poolsOf(rules, family).isEmpty();
    };
  }
}
