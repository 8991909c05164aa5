package io.dotp.dns.resolver;

import io.dotp.dns.message.LocalAnswer;
import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.StoredResponse;
import io.dotp.dns.message.Ttls;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What the resolver decided; the front end turns it into the bytes that the client gets. */
public sealed interface Resolution {
  /** An upstream response to pass on as it is. The receiver owns {@code message}. */
  record Raw(ByteBuf message, ResponseFacts facts) implements Resolution {}

  /**
   * A response that is kept, perhaps a rewritten one, with the TTLs of this moment.
   *
   * @param ede INFO-CODE of an Extended DNS Error (RFC 8914), null for none
   */
  record Stored(StoredResponse response, Ttls ttls, @Nullable Integer ede) implements Resolution {}

  /** An answer that was made here. */
  record Local(LocalAnswer answer) implements Resolution {}

  /** No answer can be given. */
  record Failure(FailureCause cause) implements Resolution {}
}
