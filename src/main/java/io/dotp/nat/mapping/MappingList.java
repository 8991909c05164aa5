package io.dotp.nat.mapping;

import org.jspecify.annotations.Nullable;

/**
 * A list threaded through the mappings themselves: no node objects, and a mapping leaves from the
 * middle at no cost. A mapping is in at most one list. Thread: nat.
 */
final class MappingList {
  private @Nullable Mapping first;
  private @Nullable Mapping last;
  private int size;

  @Nullable Mapping first() {
    return first;
  }

  int size() {
    return size;
  }

  void append(Mapping mapping) {
    if (mapping.list != null) {
      throw new IllegalStateException("already in a list: " + mapping);
    }
    mapping.list = this;
    mapping.previous = last;
    if (last == null) {
      first = mapping;
    } else {
      last.next = mapping;
    }
    last = mapping;
    size++;
  }

  void remove(Mapping mapping) {
    if (mapping.list != this) {
      throw new IllegalStateException("not in this list: " + mapping);
    }
    Mapping before = mapping.previous;
    Mapping after = mapping.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    mapping.previous = null;
    mapping.next = null;
    mapping.list = null;
    size--;
  }
}
