package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.util.List;

/** What a line of {@code managed.nft} is about, by the word at its end. */
enum RuleTag {
  /** No word: all pools. */
  EVERY(""),
  MARK("mark"),
  QUIC("quic"),
  MSS("mss"),
  REDIRECT("redirect"),
  TPROXY("tproxy"),
  /** By tproxy, but rewritten while nobody listens. */
  OPEN("open"),
  /** What no redirect takes is rewritten. */
  KERNEL("kernel"),
  /** Clients whose DNS is captured. */
  CAPTURE("capture"),
  /** Those in whose family we listen. */
  DNS("dns"),
  /** And the others. */
  DEAF("deaf");

  private final String word;

  RuleTag(String word) {
    this.word = word;
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
    return rules.poolsOf(family, this::isAbout);
  }

  private boolean isAbout(PoolRules pool) {
    return switch (this) {
      case EVERY -> true;
      case MARK -> pool.rules().markMask() != 0;
      case QUIC -> pool.rules().blockQuic();
      case MSS -> pool.rules().clampMss();
      case REDIRECT -> pool.isRedirected();
      case TPROXY -> pool.isTransparent();
      case OPEN -> pool.isOpen();
      case KERNEL -> !pool.isTransparent();
      case CAPTURE, DNS, DEAF -> false;
    };
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
