package io.dotp.dns.message;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The names that an answer may speak of: the question's, and what CNAME and DNAME records make of
 * it, in whatever order they stand. A chain longer than {@link #MOST_NAMES} is not judged: it may
 * be honest, and only a rewrite has to give up on it.
 */
final class AliasChain {
  private static final int MOST_NAMES = 17;
  private static final int MOST_ALIASES = 64;

  private final WireName[] names = new WireName[MOST_NAMES];
  private final int[] ownerOffsets = new int[MOST_ALIASES];
  private final int[] targetOffsets = new int[MOST_ALIASES];
  private final boolean[] subtree = new boolean[MOST_ALIASES];
  private final WireName owner = new WireName();
  private final WireName target = new WireName();
  private final WireName made = new WireName();
  private int nameCount;
  private int aliasCount;
  private boolean overflown;

  AliasChain() {
    for (int i = 0; i < MOST_NAMES; i++) {
      names[i] = new WireName();
    }
  }

  void begin(WireName question) {
    nameCount = 0;
    aliasCount = 0;
    overflown = false;
    addName(question);
  }

  /** Notes a CNAME or DNAME of the answer section by its place; it was read without fault. */
  void addAlias(int ownerOffset, int targetOffset, boolean wholeSubtree) {
    if (aliasCount == MOST_ALIASES) {
      overflown = true;
      return;
    }
    ownerOffsets[aliasCount] = ownerOffset;
    targetOffsets[aliasCount] = targetOffset;
    subtree[aliasCount] = wholeSubtree;
    aliasCount++;
  }

  /** Follows the aliases from the question until no more names come in: at most 17 rounds. */
  void close(ByteBuf message, int base, int length) {
    int before = 0;
    while (before < nameCount && !overflown) {
      before = nameCount;
      for (int i = 0; i < aliasCount && !overflown; i++) {
        NameReader.read(message, base, ownerOffsets[i], length, owner);
        NameReader.read(message, base, targetOffsets[i], length, target);
        if (subtree[i]) {
          followSubtree();
        } else if (contains(owner)) {
          addName(target);
        }
      }
    }
  }

  /** RFC 6672 section 2.2: the owner's descendants move below the target. */
  private void followSubtree() {
    int count = nameCount;
    for (int i = 0; i < count && !overflown; i++) {
      int prefix = names[i].length() - owner.length();
      if (prefix > 0 && isBelow(names[i], prefix)) {
        addName(owner);
        substitute(names[i], prefix);
      }
    }
  }

  private boolean isBelow(WireName name, int prefix) {
    int at = 0;
    while (at < prefix) {
      at += name.bytes()[at] + 1;
    }
    return at == prefix
        && Arrays.equals(name.bytes(), prefix, name.length(), owner.bytes(), 0, owner.length());
  }

  /** Section 2.2 too: a name that would become too long leads nowhere. */
  private void substitute(WireName name, int prefix) {
    if (prefix + target.length() <= WireName.MAX_LENGTH) {
      System.arraycopy(name.bytes(), 0, made.bytes(), 0, prefix);
      System.arraycopy(target.bytes(), 0, made.bytes(), prefix, target.length());
      made.length(prefix + target.length());
      addName(made);
    }
  }

  private void addName(WireName name) {
    if (contains(name)) {
      return;
    }
    if (nameCount == MOST_NAMES) {
      overflown = true;
      return;
    }
    NameReader.copy(name, names[nameCount++]);
  }

  private boolean contains(WireName name) {
    for (int i = 0; i < nameCount; i++) {
      if (NameReader.equal(names[i], name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a record of this owner may stand in the answer section. */
  boolean allows(WireName name) {
    return overflown || contains(name);
  }
}
