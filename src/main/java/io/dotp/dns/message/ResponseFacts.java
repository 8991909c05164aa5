package io.dotp.dns.message;

/**
 * What one pass over a well-formed upstream response found.
 *
 * @param end length of the message proper; bytes behind it are not part of it
 * @param questionEnd offset of the first byte after the question
 * @param rcode the full RCODE, the OPT record's upper bits included (RFC 6891 section 6.1.3)
 * @param optOffset where the OPT record begins, -1 without one
 * @param optLength its length in bytes, 0 without one
 * @param mentionsListed whether the question, an alias or an owner name is listed
 */
public record ResponseFacts(
    int end, int questionEnd, int rcode, int optOffset, int optLength, boolean mentionsListed) {
  /** Whether nothing stands behind the OPT record, so that it can be cut off. */
  public boolean optIsLast() {
    return optOffset >= 0 && optOffset + optLength == end;
  }
}
